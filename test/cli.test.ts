import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProgram } from '../src/cli/program.ts';
import { describe as describeDataset } from '../src/data/describe.ts';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { fiducial, MAIN, node } from './fiducial.ts';
import { zipOf } from './zip.ts';

const { resolve } = createRequire(import.meta.url);
const pngIsPossible = ['@resvg/resvg-js', '@expo-google-fonts/inter'].every((name) => {
  try {
    return existsSync(resolve(name));
  } catch {
    return false;
  }
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) => fiducial(folder, ...args);
const read = (name: string) => readFile(join(folder, name));

describe('help', () => {
  test('fiducial alone says what to do first', async () => {
    const { code, stdout, stderr } = await run();
    expect([code, stderr]).toEqual([0, '']);
    for (const command of ['npm start', 'fiducial synth', 'fiducial fit start --data', '--help']) {
      expect(stdout).toContain(command);
    }
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(8);
  });

  const names = createProgram()
    .commands.map((command) => command.name())
    .filter((name) => name !== 'help');

  test('lists every command', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect([code, stderr]).toEqual([0, '']);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  test.each(names)('fiducial %s --help has examples of that command', async (name) => {
    const { code, stdout, stderr } = await run(name, '--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: fiducial ${name} `));
    const examples = stdout.split('\nExamples:\n')[1]!.match(/^ {2}fiducial .*$/gm)!;
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(example).toContain(`fiducial ${name}`);
  });

  test('help says the same', async () => {
    expect(await run('help')).toEqual(await run('--help'));
    expect(await run('help', 'fit')).toEqual(await run('fit', '--help'));
    expect(await run('help', 'plot', 'curves')).toEqual(await run('plot', 'curves', '--help'));
  });

  test('--version is that of package.json', async () => {
    const { version } = JSON.parse(
      await readFile(new URL('../package.json', import.meta.url), 'utf8'),
    );
    expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  /** Runs a command and lists the files of modules that it loads, in the form of addresses. */
  async function loadedBy(...args: readonly string[]): Promise<string[]> {
    const hooks = `export async function resolve(name, context, next) {
      const found = await next(name, context);
      process._rawDebug(found.url);
      return found;
    }`;
    const register = `import { register } from 'node:module';
      register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});`;
    const { stderr } = await node(
      folder,
      '--import',
      `data:text/javascript,${encodeURIComponent(register)}`,
      MAIN,
      ...args,
    );
    return stderr.split('\n').filter((url) => url.startsWith('file:'));
  }

  test('loads no more than the command line itself', async () => {
    const loaded = await loadedBy('--help');
    expect(loaded.length).toBeGreaterThan(5);
    const light =
      /\/node_modules\/commander\/|\/dist\/src\/(cli\/(main|program|options|failure|interruption|printable)|errors|node\/(version|system-error))\.js$/;
    expect(loaded.filter((url) => !light.test(url))).toEqual([]);
  });

  test('a new run loads neither figures nor checks of files before its first step', async () => {
    await run('synth', '--rows', '20', '--out', 'loaded.csv');
    // It is refused when all is ready, before anything is written.
    const loaded = await loadedBy('fit', 'net1', '--data', 'loaded.csv', '--until', '401');
    expect(loaded.filter((url) => url.endsWith('/train/training.js'))).toHaveLength(1);
    expect(loaded.filter((url) => /\/plot\/|\/node_modules\/(?!commander)/.test(url))).toEqual([]);
  });
});

describe('synth and describe', () => {
  const FACES = { rows: 20, seed: 5 };
  const draw = (out: string, ...more: string[]) =>
    run('synth', '--rows', '20', '--seed', '5', '--out', out, ...more);

  test('draw the same table packed or not, which describes itself alike in every packing', async () => {
    expect(await draw('faces.csv')).toEqual({
      code: 0,
      stdout: 'faces.csv: 20 faces of 96 x 96 pixels with 15 keypoints\n',
      stderr: '',
    });
    await draw('faces.csv.gz');
    const table = await read('faces.csv');
    expect(gunzipSync(await read('faces.csv.gz')).equals(table)).toBe(true);
    const archive = zipOf([{ name: 'training.csv', data: table }]);
    await writeFile(join(folder, 'faces.zip'), archive);

    const { scaled, ...exact } = describeDataset(synthesize(FACES));
    for (const name of ['faces.csv', 'faces.csv.gz', 'faces.zip']) {
      const { code, stdout, stderr } = await run('describe', name, '--json');
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout.match(/\n/g)).toHaveLength(1);
      const { scaled: range, ...described } = JSON.parse(stdout);
      expect(described).toEqual(exact);
      expect(range.all.X).toEqual(scaled.all.X);
      // A table has six decimals of a coordinate.
      expect(range.all.y.min).toBeCloseTo(scaled.all.y.min, 6);
    }
    const { stdout } = await run('describe', 'faces.zip');
    expect(stdout).toContain(`20 rows, ${exact.completeRows} of them complete\n`);
    expect(stdout).toContain('X.shape == (20, 9216)');
  });

  test('another seed draws other faces', async () => {
    await run('synth', '--rows', '20', '--seed', '6', '--out', 'others.csv');
    expect((await read('others.csv')).equals(await read('faces.csv'))).toBe(false);
  });

  test('a sheet as SVG shows each face', async () => {
    expect(await draw('drawn.csv', '--sheet', 'sheet.svg')).toMatchObject({ code: 0, stderr: '' });
    const svg = String(await read('sheet.svg'));
    expect(svg.match(/<image /g)).toHaveLength(FACES.rows);
    expect(svg).toMatch(/class="truth"/);
  });

  const because = pngIsPossible ? '' : ' (skipped without the optional packages for PNG)';
  test.skipIf(!pngIsPossible)(`a sheet as PNG${because}`, async () => {
    expect((await draw('drawn2.csv', '--sheet', 'sheet.png')).code).toBe(0);
    expect((await read('sheet.png')).subarray(1, 4).toString()).toBe('PNG');
  });

  test('an existing file is replaced with --force alone', async () => {
    await writeFile(join(folder, 'precious.csv'), 'precious');
    const refused = await draw('precious.csv');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^error: precious\.csv: this file exists already\n.*--force/);
    expect(String(await read('precious.csv'))).toBe('precious');
    expect((await draw('precious.csv', '--force')).code).toBe(0);
    expect((await read('precious.csv')).equals(await read('faces.csv'))).toBe(true);
  });

  test('an existing sheet stops the whole command', async () => {
    await writeFile(join(folder, 'old.svg'), 'old');
    expect((await draw('new.csv', '--sheet', 'old.svg')).code).toBe(1);
    expect(existsSync(join(folder, 'new.csv'))).toBe(false);
  });
});

describe('score', () => {
  beforeAll(async () => {
    await writeFile(join(folder, 'answers.csv'), 'RowId,Location\n1,10\n2,20\n3,30\n');
    await writeFile(join(folder, 'submission.csv'), 'RowId,Location\n3,30\n2,24\n1,7\n');
  });

  test('prints the root of the mean squared error', async () => {
    // sqrt((3^2 + 4^2 + 0^2) / 3)
    const stdout = 'RMSE 2.88675 pixels over 3 rows\n';
    const outcome = await run('score', 'submission.csv', '--labels', 'answers.csv');
    expect(outcome).toEqual({ code: 0, stdout, stderr: '' });
  });

  test('prints it as JSON', async () => {
    const { stdout } = await run('score', 'submission.csv', '--labels', 'answers.csv', '--json');
    expect(JSON.parse(stdout)).toEqual({ rmse: Math.sqrt(25 / 3), rows: 3 });
  });
});

describe('doctor', () => {
  test('says what there is and that training can run', async () => {
    const { code, stdout, stderr } = await run('doctor');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^plain SIMD +runs, and agrees with the reference /m);
    expect(stdout).toMatch(/\nTraining can run here\.\n$/);
  });

  test('says it as JSON', async () => {
    const { trainingRuns, findings } = JSON.parse((await run('doctor', '--json')).stdout);
    expect(trainingRuns).toBe(true);
    const found = (name: string) =>
      findings.find((finding: { name: string }) => finding.name === name);
    expect(found('Node')).toMatchObject({ found: process.versions.node, used: true });
    expect(found('relaxed SIMD').used).not.toBe(found('plain SIMD').used);
    expect(found('@resvg/resvg-js').used).toBe(found('@resvg/resvg-js').found === 'installed');
  });
});

describe('exit codes', () => {
  test.each([
    [['descrbe', 'x.csv'], "unknown command 'descrbe'", 'Did you mean describe?'],
    [['describe', 'x.csv', '--jsn'], "unknown option '--jsn'", 'Did you mean --json?'],
    [['synth', '--rows', 'many', '--out', 'x.csv'], "'many' is invalid", 'from 1 to 16777216'],
    [['synth', '--rows', '2.5', '--out', 'x.csv'], "'2.5' is invalid", 'a whole number'],
    [['synth', '--seed', '-1', '--out', 'x.csv'], "'-1' is invalid", 'from 0 to 4294967295'],
    [['synth', '--out', 'x.csv', '--sheet', 'x.jpg'], "'x.jpg' is invalid", '.svg or .png'],
    [['synth'], "required option '--out <file>' not specified", '--help'],
    [['describe'], "missing required argument 'table'", '--help'],
  ])('2 for a mistake in the command line: %j', async (args, message, advice) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(message);
    expect(stderr).toContain(advice);
    expect(existsSync(join(folder, 'x.csv'))).toBe(false);
  });

  test('0 and silence for a reader that closes the pipe', () => {
    // "head -c 0" closes its end while Node is still starting.
    const shell = 'set -o pipefail; "$0" "$1" --help | head -c 0';
    const { status, stderr } = spawnSync('bash', ['-c', shell, process.execPath, MAIN]);
    expect([status, String(stderr)]).toEqual([0, '']);
  });
});
