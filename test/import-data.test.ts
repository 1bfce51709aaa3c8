import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Dataset } from '../src/data/dataset.ts';
import { readTable } from '../src/node/read-table.ts';
import { fiducial, type Outcome } from './fiducial.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-import-'));
  await mkdir(join(folder, 'photos', 'more'), { recursive: true });
  await writePicture('photos/a.png', [20, 10]);
  await writePicture('photos/more/b.png', [5, 25]);
  await writeFile(join(folder, 'photos/broken.png'), 'no picture');
});
afterAll(() => rm(folder, { recursive: true }));

const WIDTH = 40;
const HEIGHT = 30;

/** A black picture with one orange pixel. */
async function writePicture(name: string, [x, y]: readonly [number, number]): Promise<void> {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  data.set([255, 128, 0], 3 * (y * WIDTH + x));
  await writeFile(join(folder, name), encode({ width: WIDTH, height: HEIGHT, data, channels: 3 }));
}

const run = (...args: string[]): Promise<Outcome> => fiducial(folder, 'import-data', ...args);
const write = (name: string, text: string) => writeFile(join(folder, name), text);
const read = (name: string): Promise<Dataset> => readTable(join(folder, name));

/** Where a row's picture is brightest in its first plane, as the centre of that pixel. */
function brightest({ images, schema: { side, channels } }: Dataset, row: number): number[] {
  const start = row * channels * side ** 2;
  const plane = images.subarray(start, start + side ** 2);
  const index = plane.indexOf(Math.max(...plane));
  return [(index % side) + 0.5, Math.floor(index / side) + 0.5];
}

test('a table of points: labels stay on what they mark, in colour', async () => {
  await write(
    'points.csv',
    `picture,dot_x,dot_y,left tip_x,left tip_y,right tip_x,right tip_y,box_x,box_y,box_width,box_height
a.png,20.5,10.5,,,41,3,12,2,16,16
more/b.png,5.5,25.5,3,24,30,29,0,14,16,16
`,
  );
  const args = ['--pictures', 'photos', '--side', '32', '--channels', '3', '--out', 'a.csv.gz'];
  const { code, stdout, stderr } = await run('points.csv', ...args);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toBe(`a.csv.gz: 2 rows of 32 x 32 pixels, RGB, with 3 keypoints
  2 labels missing, 1 of them beyond the edge of the picture
  1 label outside of what was cut out; a larger --margin shows more
  mirror pairs by name: left_tip and right_tip
`);
  const table = await read('a.csv.gz');
  expect(table.schema).toEqual({
    points: ['dot', 'left_tip', 'right_tip'],
    side: 32,
    channels: 3,
    mirrorPairs: [[1, 2]],
  });
  expect(table.columns).toEqual({
    ImageId: ['a.png', 'more/b.png'],
    Box: ['12,2,16,16', '0,14,16,16'],
  });
  expect([...table.labels.subarray(0, 6)]).toEqual([17, 17, NaN, NaN, NaN, NaN]);
  expect([...table.labels.subarray(6)]).toEqual([11, 23, 6, 20, 60, 30]);
  for (const row of [0, 1]) {
    // The pixel has become four, so that the brightest is half a pixel off.
    const [x, y] = brightest(table, row);
    expect(Math.abs(x! - table.labels[6 * row]!)).toBe(0.5);
    expect(Math.abs(y! - table.labels[6 * row + 1]!)).toBe(0.5);
  }
});

test('a picture may be named with its whole path', async () => {
  const picture = join(folder, 'photos', 'a.png');
  await write('whole.csv', `picture,a_x,a_y,b_x,b_y\n${picture},5,5,20,20\n`);
  expect(await run('whole.csv', '--out', 'whole.table.csv')).toMatchObject({ code: 0, stderr: '' });
});

test('the three forms say the same', async () => {
  await write('same.csv', 'file,dot_x,dot_y,tip_x,tip_y\na.png,20.5,10.5,30,20\n');
  await write(
    'coco.json',
    JSON.stringify({
      images: [{ id: 1, file_name: 'a.png', width: WIDTH, height: HEIGHT }],
      annotations: [{ image_id: 1, category_id: 1, keypoints: [20, 10, 2, 29.5, 19.5, 1] }],
      categories: [{ id: 1, name: 'card', keypoints: ['dot', 'tip'] }],
    }),
  );
  await mkdir(join(folder, 'marked'));
  await write('marked/a.pts', 'version: 1\r\nn_points: 2\r\n{\r\n21 11\r\n30.5 20.5\r\n}\r\n');
  await write('names.txt', 'dot\ntip\n');
  const options = ['--pictures', 'photos', '--side', '24', '--out'];
  for (const [source, ...more] of [['same.csv'], ['coco.json'], ['marked', '--names', 'names.txt']])
    expect((await run(source!, ...options, `${source}.table.csv`, ...more!)).stderr).toBe('');
  const table = await read('same.csv.table.csv');
  expect(table.schema.channels).toBe(1);
  expect(await read('coco.json.table.csv')).toEqual(table);
  expect(await read('marked.table.csv')).toEqual(table);
});

test('what cannot be used is reported, the rest is done, and the exit code says so', async () => {
  const rows = [
    ...['a.png,20,10,12,2,16,16', 'a.png,20,10,100,2,16,16', 'a.png,20,10,1,1,0,9'],
    ...['broken.png,1,1,0,0,9,9', 'none.png,1,1,0,0,9,9', 'a.png,,,0,0,9,9'],
    ...['a.png,50,50,0,0,9,9', 'more/b.png,5,25,0,14,16,16'],
  ];
  await write(
    'some.csv',
    ['picture,dot_x,dot_y,box_x,box_y,box_width,box_height', ...rows, ''].join('\n'),
  );
  const args = ['--pictures', 'photos', '--side', '8', '--json', '--out', 'some.table.csv'];
  const { code, stdout, stderr } = await run('some.csv', ...args);
  expect(code).toBe(1);
  const reasons = stderr.trimEnd().split('\n');
  expect(reasons).toEqual([
    'skipped: some.csv, row 2, a.png: the box 100,2,16,16 lies outside the picture of 40 x 30 pixels',
    'skipped: some.csv, row 3, a.png: the box 1,1,0,9 has no area',
    expect.stringMatching(/^skipped: some\.csv, row 4: photos\/broken\.png: no picture/),
    'skipped: some.csv, row 5: photos/none.png: no such file or folder',
  ]);
  expect(JSON.parse(stdout)).toEqual({
    ...{ out: 'some.table.csv', side: 8, channels: 1, points: ['dot'] },
    ...{ rows: 2, missing: 0, beyondPicture: 0, outsideCrop: 0, empty: 2 },
    skipped: reasons.map((line) => line.replace('skipped: ', '')),
  });
  expect((await read('some.table.csv')).columns.ImageId).toEqual(['a.png', 'more/b.png']);
});

test('of a folder of .pts files, those that are at fault are reported', async () => {
  const pts = (count: number, points: string) =>
    `version: 1\nn_points: ${count}\n{\n${points}\n}\n`;
  await mkdir(join(folder, 'set'));
  for (const name of ['a', 'b', 'd']) await writePicture(`set/${name}.png`, [3, 3]);
  await writePicture('set/d.jpeg', [3, 3]);
  await write('set/a.pts', pts(2, '2 2\n20 20'));
  await write('set/b.pts', pts(1, '2 2'));
  await write('set/c.pts', pts(2, '2 2\n20 20'));
  await write('set/d.pts', pts(2, '2 2\n20 20'));
  await write('set/e.pts', pts(3, '2 2\n20 20'));
  const { code, stdout, stderr } = await run('set', '--out', 'set.csv');
  expect(code).toBe(1);
  expect(stderr).toBe(`skipped: set/b.pts: 1 points, but set/a.pts has 2
skipped: set/c.pts: there is no picture set/c.jpg, nor one with another ending
skipped: set/d.pts: there are several pictures, d.jpeg and d.png
skipped: set/e.pts: n_points is 3, but 2 points follow
`);
  expect(stdout).toContain('set.csv: 1 row of 96 x 96 pixels, grey, with 2 keypoints\n');
  expect(stdout).toContain('mirror pairs by name: none; "fit --mirror" takes them from a file');
});

describe('refused, and nothing is written', () => {
  test.each<[what: string, name: string, text: string, message: RegExp]>([
    [
      'the same picture twice without boxes',
      'twice.csv',
      'file,n_x,n_y\na.png,1,2\na.png,3,4\n',
      /^error: twice\.csv, row 2: "a\.png" is annotated already in twice\.csv, row 1$/m,
    ],
    [
      'nothing that can be used',
      'nothing.csv',
      'file,n_x,n_y\nz.png,1,2\n',
      /^error: nothing\.table\.csv: no row is left, so nothing is written$/m,
    ],
    ['a table of no points', 'no.csv', 'file\na.png\n', /^error: no\.csv, header: no keypoints/m],
    [
      'a list in JSON, as predict writes it',
      'list.json',
      '[{"picture": "a.png"}]',
      /^error: list\.json: is a list in JSON, expected an object with "images"/m,
    ],
    [
      'another JSON',
      'other.json',
      '{"shapes": []}',
      /^error: other\.json, images: expected array/m,
    ],
  ])('%s', async (_, name, text, message) => {
    await write(name, text);
    const before = await readdir(folder);
    const out = name.replace(/\.\w+$/, '.table.csv');
    const { code, stdout, stderr } = await run(name, '--pictures', 'photos', '--out', out);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(await readdir(folder)).toEqual(before);
  });

  test('pictures in a folder that is not there', async () => {
    for (const [pictures, what] of [
      ['nowhere', 'no such file or folder'],
      ['points.csv', 'is a file, expected the folder of pictures'],
    ] as const) {
      const { code, stderr } = await run('points.csv', '--pictures', pictures, '--out', 'n.csv');
      expect([code, stderr.split('\n')[0]]).toEqual([1, `error: ${pictures}: ${what}`]);
    }
  });

  test('a table that is there already', async () => {
    await write('mine.csv', 'mine');
    const { code, stderr } = await run('points.csv', '--out', 'mine.csv');
    expect([code, stderr]).toEqual([1, expect.stringContaining('this file exists already')]);
    expect(await readFile(join(folder, 'mine.csv'), 'utf8')).toBe('mine');
  });
});
