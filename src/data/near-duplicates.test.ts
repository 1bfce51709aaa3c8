import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readGroups } from '../node/read-groups.ts';
import { readTable } from '../node/read-table.ts';
import { randomStream } from '../random.ts';
import { type Dataset, imageOf } from './dataset.ts';
import { nearDuplicates, similarGroups } from './near-duplicates.ts';
import { selectRows } from './select.ts';
import { synthesize } from './synthetic/synthesize.ts';

test('different drawn faces are not taken for each other', () => {
  expect(nearDuplicates(synthesize({ rows: 600, seed: 7 }))).toEqual([]);
  expect(nearDuplicates(synthesize({ rows: 300, seed: 8, side: 40, channels: 3 }))).toEqual([]);
});

test('copies that are moved, darker or noisy are found', () => {
  const faces = synthesize({ rows: 300, seed: 7 });
  const table = selectRows(faces, [...Array(300).keys(), 5, 60, 100, 100, 299]);
  change(table, 300, (at) => at(1, 1));
  change(table, 301, (at) => 0.7 * at(0, 0) + 20);
  const noise = randomStream(1, 'noise');
  change(table, 302, (at, i) => at(0, 0) + 12 * (noise.uniform(i) - 0.5));
  change(table, 303, (at) => at(-1, 0));
  expect(nearDuplicates(table)).toEqual([
    [5, 300],
    [60, 301],
    [100, 302, 303],
    [299, 304],
  ]);
});

test('the group of a row is its first row, in whatever order they stand', () => {
  const faces = synthesize({ rows: 200, seed: 7 });
  const table = selectRows(faces, [...Array(200).keys(), 7, 8, 9]);
  expect(Array.from(similarGroups(table)).slice(200)).toEqual([7, 8, 9]);
  const turned = selectRows(table, [...Array(203).keys()].reverse());
  expect(nearDuplicates(turned)).toEqual([
    [0, 193],
    [1, 194],
    [2, 195],
  ]);
});

test('blank, tiny and few pictures are no hindrance', () => {
  const { schema, columns } = synthesize({ rows: 1, seed: 1 });
  const table = (side: number, rows: number, images: Uint8Array): Dataset => ({
    schema: { ...schema, side, points: [], mirrorPairs: [] },
    rows,
    images,
    labels: new Float32Array(0),
    columns,
  });
  expect(nearDuplicates(table(2, 3, Uint8Array.of(1, 2, 3, 4, 1, 2, 3, 4, 9, 9, 9, 9)))).toEqual([
    [0, 1],
  ]);
  expect(nearDuplicates(table(96, 5, new Uint8Array(5 * 96 * 96)))).toEqual([[0, 1, 2, 3, 4]]);
  expect(nearDuplicates(table(4, 0, new Uint8Array(0)))).toEqual([]);
});

const FACES = '../shared/faces';

test.skipIf(!existsSync(FACES))('frames of one film are found in real faces', async () => {
  const table = await readTable(`${FACES}/training.zip`);
  const people = await readGroups(`${FACES}/groups.csv`, table);
  const groups = nearDuplicates(table);
  const pairs = groups.flatMap((group) =>
    group.flatMap((a, i) => group.slice(i + 1).map((b) => [a, b])),
  );
  const ofOne = pairs.filter(([a, b]) => people[a!] === people[b!]);
  expect(groups.flat().length).toBeGreaterThan(1700);
  expect(ofOne.length / pairs.length).toBeGreaterThan(0.92);
});

/** Draws a row's picture again; `at` is its old value so many pixels away, the edge's beyond it. */
function change(
  table: Dataset,
  row: number,
  value: (at: (dx: number, dy: number) => number, i: number) => number,
): void {
  const image = imageOf(table, row);
  const before = image.slice();
  const { side } = table.schema;
  const inside = (place: number): number => Math.min(side - 1, Math.max(0, place));
  for (let i = 0; i < image.length; i++) {
    const at = (dx: number, dy: number): number =>
      before[inside(Math.floor(i / side) + dy) * side + inside((i % side) + dx)]!;
    image[i] = Math.min(255, Math.max(0, Math.round(value(at, i))));
  }
}
