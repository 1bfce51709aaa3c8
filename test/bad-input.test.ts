import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fiducial, MAIN } from './fiducial.ts';
import { zipOf } from './zip.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-bad-input-'));
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) => fiducial(folder, ...args);
const write = (name: string, data: string | Uint8Array) => writeFile(join(folder, name), data);
const files = async () => (await readdir(folder, { recursive: true })).sort();

/**
 * Runs a command that must be refused: exit code 1, nothing on the standard output, a message and an
 * advice without a stack trace, and the folder as it was.
 */
async function refused(args: readonly string[], message: string | RegExp): Promise<void> {
  const before = await files();
  const { code, stdout, stderr } = await run(...args);
  expect([code, stdout]).toEqual([1, '']);
  const [first, advice, ...rest] = stderr.split('\n');
  expect(first).toMatch(/^error: /);
  const found = first!.slice('error: '.length);
  if (typeof message === 'string') expect(found).toBe(message);
  else expect(found).toMatch(message);
  expect(advice).toMatch(/^[A-Z].*[.?]$/);
  expect(rest).toEqual(['']);
  expect(await files()).toEqual(before);
}

/** An image of Kaggle's size; its last pixel as given. */
const image = (last = '7', pixels = 96 * 96) => `${'238 '.repeat(pixels - 1)}${last}`;
const HEADER = 'nose_x,nose_y,ImageId,Image';
const GOOD = `66.03,39.5,1,${image()}`;
const table = (...rows: string[]) => [HEADER, ...rows].map((row) => `${row}\n`).join('');

describe('tables', () => {
  const pixel = (text: string) => table(GOOD, `1,2,2,${image(text)}`);
  const wrongPixel = (text: string) =>
    `, row 2, column Image: pixel 9216 is "${text}", expected a whole number from 0 to 255`;

  const CASES: [what: string, name: string, data: string | Uint8Array, message: string | RegExp][] =
    [
      [
        'a truncated zip',
        'cut.zip',
        zipOf([{ name: 'training.csv', data: table(GOOD, GOOD) }]).subarray(0, -40),
        /^cut\.zip: the archive is cut short or damaged/,
      ],
      [
        'a truncated gzip file',
        'cut.csv.gz',
        gzipSync(table(GOOD, GOOD)).subarray(0, -20),
        /^cut\.csv\.gz: the file is cut short or damaged/,
      ],
      [
        'a last line cut off in the image',
        'cut-image.csv',
        table(GOOD, GOOD).slice(0, -20),
        /^cut-image\.csv, row 2, column Image: 92\d\d pixels, expected 9216 .*looks cut off$/,
      ],
      [
        'a last line cut off before the image',
        'cut-fields.csv',
        `${table(GOOD)}66.03,39`,
        'cut-fields.csv, row 2, column ImageId: expected 4 fields as in the header, found 2; the last line looks cut off',
      ],
      [
        'a row with 9215 pixels',
        'short.csv',
        table(GOOD, GOOD, `1,2,3,${image('7', 9215)}`),
        'short.csv, row 3, column Image: 9215 pixels, expected 9216 (96 x 96)',
      ],
      [
        'an image that is not square',
        'oblong.csv',
        table(`1,2,3,${image('7', 9215)}`),
        'oblong.csv, row 1, column Image: 9215 pixels, expected a square number such as 9216 (96 x 96)',
      ],
      ...['256', '-1', '1e9', 'abc'].map((text): (typeof CASES)[number] => [
        `a pixel ${text}`,
        `pixel${text}.csv`,
        pixel(text),
        `pixel${text}.csv${wrongPixel(text)}`,
      ]),
      ...['NaN', 'inf'].map((text): (typeof CASES)[number] => [
        `a coordinate ${text}`,
        `${text}.csv`,
        table(GOOD, `1,${text},2,${image()}`),
        `${text}.csv, row 2, column nose_y: the coordinate "${text}" is not a finite number`,
      ]),
      [
        '_x without _y',
        'no-y.csv',
        table(GOOD).replace('nose_y', 'nose'),
        'no-y.csv, header: there is a column "nose_x" but no "nose_y"',
      ],
      [
        'no Image column',
        'no-image.csv',
        'nose_x,nose_y\n1,2\n',
        'no-image.csv, header: no column "Image"; the columns are nose_x, nose_y',
      ],
      ['an empty file', 'empty.csv', '', 'empty.csv: the file is empty'],
      ['an empty table', 'header.csv', table(), 'header.csv: the table has a header but no rows'],
      [
        'too few fields',
        'few.csv',
        table(GOOD, '1,2,2', GOOD),
        'few.csv, row 2, column Image: expected 4 fields as in the header, found 3',
      ],
      [
        'too many fields',
        'many.csv',
        table(`${GOOD},1`),
        'many.csv, row 1: expected 4 fields as in the header, found 5',
      ],
    ];

  test.each(CASES)('%s', async (_, name, data, message) => {
    await write(name, data);
    await refused(['describe', name], message);
    await refused(['fit', 'net1', '--data', name, '--out', 'run-of-it'], message);
  });

  test('a missing file', () => refused(['describe', 'no.csv'], 'no.csv: no such file or folder'));

  test('a folder', async () => {
    await mkdir(join(folder, 'directory'));
    await refused(['describe', 'directory'], 'directory: this is a folder, expected a table');
  });

  test('Windows line ends and a byte-order mark are accepted', async () => {
    await write('unix.csv', table(GOOD, `,,2,${image('8')}`));
    const plain = await run('describe', 'unix.csv', '--json');
    expect(JSON.parse(plain.stdout)).toMatchObject({ rows: 2, completeRows: 1 });
    await write(
      'windows.csv',
      `\ufeff${table(GOOD, `,,2,${image('8')}`).replaceAll('\n', '\r\n')}`,
    );
    expect(await run('describe', 'windows.csv', '--json')).toEqual(plain);
  });
});

/** Twenty pictures of 8 x 8, so that a model and its file are small. */
const smallTable = (nose: (row: number) => string) =>
  Array.from({ length: 20 }, (_, row) => {
    const pixels = Array.from({ length: 64 }, (_, i) => (row * 37 + i * 11) % 256);
    return `${nose(row)},${row + 1},${pixels.join(' ')}\n`;
  }).reduce((text, line) => text + line, `${HEADER}\n`);

describe('runs and models', () => {
  beforeAll(async () => {
    await write(
      'faces.csv',
      smallTable((row) => `${row % 8},4.5`),
    );
    await write(
      'halves.csv',
      smallTable((row) => (row % 2 ? '3,' : ',4')),
    );
    const { code } = await run(...train('run'));
    expect(code).toBe(0);
  });

  const train = (out: string, ...more: string[]) =>
    ['fit', 'net1', '--data', 'faces.csv', '--epochs', '2', '--out', out, ...more] as const;

  test('an existing run is kept without --force, and replaced with it', async () => {
    const model = await readFile(join(folder, 'run/model.safetensors'));
    await refused(train('run', '--seed', '7'), 'run: there is a run already');
    expect((await readFile(join(folder, 'run/model.safetensors'))).equals(model)).toBe(true);
    expect((await run(...train('run', '--seed', '7', '--force'))).code).toBe(0);
    expect((await readFile(join(folder, 'run/model.safetensors'))).equals(model)).toBe(false);
  });

  test('a folder that is no run is never replaced', async () => {
    await mkdir(join(folder, 'photos'));
    await write('photos/cat.png', 'a cat');
    await refused(
      train('photos', '--force'),
      'photos: the folder is not empty and is no run of fiducial',
    );
  });

  test('an unknown recipe: the nearest name is suggested', async () => {
    await refused(['fit', 'net22', '--data', 'faces.csv'], 'no recipe "net22"');
    expect((await run('fit', 'net22', '--data', 'faces.csv')).stderr).toContain('"net2"');
  });

  test('an unknown key of --set: the nearest name is suggested', async () => {
    const args = train('other', '--set', 'learningrat=0.1');
    await refused(args, '--set learningrat=0.1: no key "learningrat"');
    expect((await run(...args)).stderr).toContain('Did you mean "learningRate"?');
  });

  test('no complete row where the recipe needs complete rows', () =>
    refused(
      ['fit', 'net1', '--data', 'halves.csv', '--out', 'other'],
      /^halves\.csv: none of the 20 rows has a label for every keypoint/,
    ));

  test('a model file cut short anywhere', async () => {
    const model = await readFile(join(folder, 'run/model.safetensors'));
    for (const length of [0, 5, 8, 500, model.length - 1]) {
      await write('cut.safetensors', model.subarray(0, length));
      await refused(['evaluate', 'cut.safetensors', '--data', 'faces.csv'], /^cut\.safetensors: /);
    }
  });

  test('a model file with a byte changed anywhere', async () => {
    const model = await readFile(join(folder, 'run/model.safetensors'));
    for (const at of [0, 7, 8, 60, 1000, model.length >> 1, model.length - 1]) {
      const changed = Buffer.from(model);
      changed[at]! ^= 1;
      await write('changed.safetensors', changed);
      await refused(
        ['predict', 'changed.safetensors', '--data', 'faces.csv', '--out', 'points.csv'],
        /^changed\.safetensors: /,
      );
    }
  });

  test.each([
    ['ImageId', '7,21,nose_x', 'no image 21 among the 20 predicted'],
    ['FeatureName', '7,2,nose_z', 'the model has no feature "nose_z"'],
  ])('a lookup table with an unknown %s', async (column, row, problem) => {
    await write('lookup.csv', `RowId,ImageId,FeatureName,Location\n6,1,nose_x,\n${row},\n`);
    await refused(
      ['submit', 'run', '--test', 'faces.csv', '--lookup', 'lookup.csv', '--out', 'answers.csv'],
      `lookup.csv, row 2, column ${column}: ${problem}`,
    );
  });

  test('a submission that lacks a row', async () => {
    await write('labels.csv', 'RowId,Location\n1,10\n2,20\n');
    await write('sent.csv', 'RowId,Location\n2,20\n');
    await refused(
      ['score', 'sent.csv', '--labels', 'labels.csv'],
      'sent.csv: no row with the RowId 1 of labels.csv, row 1',
    );
  });
});

describe('a full disk', () => {
  const noFullDevice = !existsSync('/dev/full');
  const because = noFullDevice ? ' (skipped without /dev/full)' : '';
  test.skipIf(noFullDevice)(`at the first byte${because}`, () =>
    refused(
      ['synth', '--rows', '2', '--out', '/dev/full'],
      '/dev/full: no space left on the device',
    ),
  );

  /** Runs a command that may write no file of more than some KB; the system refuses the rest. */
  const limited = (kilobytes: number, ...args: string[]) => {
    const shell = `trap '' XFSZ; ulimit -f ${kilobytes}; exec "$0" "$@"`;
    const options = { cwd: folder, encoding: 'utf8' } as const;
    return spawnSync('bash', ['-c', shell, process.execPath, MAIN, ...args], options);
  };
  const tooLarge = (path: string) => `error: ${path}: the file is too large for this file system\n`;

  test('in the middle of a table: nothing is left of it', async () => {
    const before = await files();
    const { status, stdout, stderr } = limited(64, 'synth', '--rows', '20', '--out', 'large.csv');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(tooLarge('large.csv'));
    expect(await files()).toEqual(before);
  });

  test('in the middle of a checkpoint: it is known before any training, and nothing is left of it', async () => {
    const args = ['fit', 'net1', '--data', 'faces.csv', '--epochs', '2', '--out', 'full'];
    const { status, stdout, stderr } = limited(8, ...args);
    expect([status, stdout]).toEqual([1, '']);
    const first = join('full', 'checkpoints', 'epoch-000000-step-000000000.safetensors');
    expect(stderr).toContain(tooLarge(first));
    const left = await readdir(join(folder, 'full'), { recursive: true });
    expect(left.sort()).toEqual(['checkpoints', 'history.jsonl', 'recipe.json', 'run.json']);
  });
});
