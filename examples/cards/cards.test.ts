import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { randomStream } from 'fiducial';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTable } from '../../src/node/read-table.ts';
import { fiducial } from '../../test/fiducial.ts';
import { viewOf } from './camera.ts';
import { card, HALF_HEIGHT, HALF_WIDTH, RANKS, SUITS } from './card.ts';
import { drawPhoto } from './photo.ts';

const DRAW = fileURLToPath(new URL('draw.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-cards-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('every card looks the same upside down', () => {
  for (const suit of SUITS) {
    for (let rank = 0; rank < RANKS; rank++) {
      const surface = card(suit, rank);
      for (let y = 0.25; y < HALF_HEIGHT; y += 1.5) {
        for (let x = 0.25 - HALF_WIDTH; x < HALF_WIDTH; x += 1.5) {
          expect(surface(-x, -y)).toEqual(surface(x, y));
        }
      }
    }
  }
});

test('what is seen at a place in the picture is what stands there on the card', () => {
  const view = viewOf({ x: 12, y: -7, scale: 1.1, roll: 0.3, yaw: -0.5, pitch: 0.4 }, 200, 150);
  for (const [x, y] of [
    [0, 0],
    [HALF_WIDTH, HALF_HEIGHT],
    [-10, 33],
  ] as const) {
    const place = view.toThing(view.toPicture(x, y));
    expect(place.x).toBeCloseTo(x, 9);
    expect(place.y).toBeCloseTo(y, 9);
  }
  expect(view.toPicture(0, 0)).toEqual({ x: 112, y: 68 });
});

test('corners are called by their place in the picture, however a card is held', () => {
  for (let index = 0; index < 40; index++) {
    const { corners } = drawPhoto(randomStream(7, `card ${index}`));
    expect(corners.top_left.x).toBeLessThan(corners.top_right.x);
    expect(corners.top_left.y).toBeLessThan(corners.bottom_left.y);
    expect(corners.bottom_left.x).toBeLessThan(corners.bottom_right.x);
    expect(corners.top_right.y).toBeLessThan(corners.bottom_right.y);
  }
});

test('the whole way: drawn cards become a table, a network learns from it', async () => {
  const draw = (name: string, count: number, seed: number) =>
    promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', DRAW, join(folder, name), String(count), String(seed)],
      { cwd: ROOT },
    );
  await draw('train', 60, 1);
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await fiducial(folder, ...args);
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  };
  const colour = ['--side', '64', '--channels', '3'];
  await run('import-data', 'train/points.csv', ...colour, '--out', 'cards.csv.gz');
  const { schema, rows, labels } = await readTable(join(folder, 'cards.csv.gz'));
  expect([rows, schema.points, schema.mirrorPairs]).toEqual([
    60,
    ['top_left', 'top_right', 'bottom_right', 'bottom_left'],
    [
      [0, 1],
      [2, 3],
    ],
  ]);
  // Boxes are drawn around the corners, so that each is within what was cut out.
  expect(labels.every((value) => Number.isNaN(value) || (value >= 0 && value <= 64))).toBe(true);

  const fit = ['--epochs', '6', '--out', 'runs/cards', '--json'];
  const epochs = (await run('fit', 'start', '--data', 'cards.csv.gz', ...fit))
    .split('\n')
    .filter((line) => line.includes('"event":"epoch"'))
    .map((line) => JSON.parse(line) as { validRmse: number });
  expect(epochs).toHaveLength(6);
  // The mean of all cards is some 10 pixels off.
  expect(epochs.at(-1)!.validRmse).toBeLessThan(epochs[0]!.validRmse);

  await draw('new', 3, 2);
  const found = ['--draw', 'drawn', '--out', 'found.csv'];
  await run('predict', 'runs/cards', 'new', '--boxes', 'new/boxes.csv', ...found);
  const names = [1, 2, 3].map((number) => `card-000${number}.png`);
  expect((await readdir(join(folder, 'drawn'))).sort()).toEqual(names);
  // What was found is itself a table of points: somebody may put it right and import it.
  const again = [...colour, '--out', 'again.csv'];
  expect(await run('import-data', 'found.csv', ...again)).toContain('again.csv: 3 rows');
});
