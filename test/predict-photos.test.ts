import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from '../recipes/start.ts';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { writeModel } from '../src/node/run-folder.ts';
import { withSettings } from '../src/train/settings.ts';
import { train } from '../src/train/train.ts';
import { hasFaceFinder, whyWithoutFinder } from './face-finder.ts';
import { fiducial, MAIN, nodeWith, type Outcome } from './fiducial.ts';

const SIDE = 32;
const faces = synthesize({ rows: 60, seed: 1, side: SIDE });

let folder: string;
const at = (...path: readonly string[]): string => join(folder, ...path);
const read = (name: string): Promise<string> => readFile(at(name), 'utf8');
const run = (...args: readonly string[]): Promise<Outcome> =>
  fiducial(folder, 'predict', 'model.safetensors', ...args, '--threads', '1', '--reproducible');

/** A drawn face as a picture; `grow` times as large. */
function face(row: number, grow = 1): Sharp {
  const data = faces.images.subarray(row * SIDE ** 2, (row + 1) * SIDE ** 2);
  const image = sharp(data, { raw: { width: SIDE, height: SIDE, channels: 1 } });
  return image.resize(grow * SIDE, grow * SIDE, { kernel: 'nearest' });
}

/** Two faces on a larger ground: the second twice as large as the first. */
const GROUP = { width: 200, height: 120 };
async function group(): Promise<Sharp> {
  const [small, large] = await Promise.all([face(2).png().toBuffer(), face(3, 2).png().toBuffer()]);
  return sharp({ create: { ...GROUP, channels: 3, background: '#753' } }).composite([
    { input: small, left: 10, top: 20 },
    { input: large, left: 120, top: 40 },
  ]);
}

interface Face {
  readonly picture: string;
  readonly face: number;
  readonly box: Record<'x' | 'y' | 'width' | 'height', number>;
  readonly points: Record<string, { readonly x: number; readonly y: number }>;
}
const linesOf = (text: string): Face[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-photos-'));
  const recipe = withSettings(start, ['epochs=2']);
  for await (const epoch of train(recipe, faces, { threads: 1, build: 'plain' })) {
    await writeModel(at('model.safetensors'), await epoch.model());
  }
  await mkdir(at('photos', 'more'), { recursive: true });
  await mkdir(at('empty'));
  await face(0).png().toFile(at('photos', 'b.png'));
  await face(1, 3).png().toFile(at('photos', 'A.png'));
  await (await group()).png().toFile(at('photos', 'more', 'group.png'));
  await writeFile(at('photos', 'notes.txt'), 'no picture');
  await writeFile(at('photos', '.hidden.png'), 'no picture');
});
afterAll(() => rm(folder, { recursive: true }));

describe('answers', () => {
  test('come in the order of the folders, in pixels of each picture', async () => {
    const { code, stdout, stderr } = await run('photos', 'photos/b.png');
    expect([code, stderr]).toEqual([0, '']);
    const found = linesOf(stdout);
    expect(found.map(({ picture, face: number }) => [picture, number])).toEqual([
      ['photos/A.png', 1],
      ['photos/b.png', 1],
      ['photos/more/group.png', 1],
      ['photos/b.png', 1],
    ]);
    expect(found[2]!.box).toEqual({ x: 0, y: 0, ...GROUP });
    expect(Object.keys(found[0]!.points)).toEqual(faces.schema.points);
  });

  test('say the same in every form, which import-data and --boxes read again', async () => {
    await writeFile(
      at('boxes.csv'),
      'picture,x,y,width,height\nmore/group.png,10,20,32,32\nmore/group.png,120,40,64,64\nb.png,0,0,32,32\n',
    );
    for (const ending of ['json', 'jsonl', 'csv']) {
      const { code, stdout } = await run('photos', '--boxes', 'boxes.csv', '--out', `p.${ending}`);
      expect([code, stdout]).toEqual([
        0,
        `p.${ending}: 15 keypoints of 3 faces in 2 pictures; no face in 1\n`,
      ]);
    }
    const found = linesOf(await read('p.jsonl'));
    expect(JSON.parse(await read('p.json'))).toEqual(found);
    const [header, ...rows] = (await read('p.csv')).trimEnd().split('\n');
    expect(header).toMatch(
      /^picture,face,box_x,box_y,box_width,box_height,left_eye_center_x,left_eye_center_y,/,
    );
    expect(rows.map((row) => row.split(','))).toEqual(
      found.map(({ picture, face: number, box, points }) =>
        [
          ...[picture, number, box.x, box.y, box.width, box.height],
          ...Object.values(points).flatMap(({ x, y }) => [x, y]),
        ].map(String),
      ),
    );
    const again = await run('photos', '--boxes', 'p.csv');
    expect(linesOf(again.stdout)).toEqual(found);
    const table = ['p.csv', '--pictures', '.', '--side', String(SIDE), '--out', 't.csv'];
    expect(await fiducial(folder, 'import-data', ...table)).toMatchObject({ code: 0, stderr: '' });
    // Where a box is a face's own size, its crop is the face, and the answers are those of the table.
    await run('--data', 't.csv', '--out', 'q.csv');
    const [, ...inTable] = (await read('q.csv')).trimEnd().split('\n');
    const [, x, y] = inTable[1]!.split(',').map(Number);
    expect(10 + x!).toBeCloseTo(found[1]!.points.left_eye_center!.x, 2);
    expect(20 + y!).toBeCloseTo(found[1]!.points.left_eye_center!.y, 2);
  });

  test('are the same for a picture in every format and for the one lying on its side', async () => {
    const image = await (await group()).png().toBuffer();
    await mkdir(at('formats'));
    const save = (name: string, picture: Sharp) => picture.toFile(at('formats', name));
    const turned = await sharp(image).rotate(90).toBuffer();
    const frames = await Promise.all(
      [image, turned].map((one) => sharp(one).resize(200, 120, { fit: 'fill' }).toBuffer()),
    );
    await save('plain.png', sharp(image));
    await save('16 bit.png', sharp(image).toColourspace('rgb16').png());
    await save('alpha.webp', sharp(image).ensureAlpha().webp({ lossless: true }));
    await save(
      'animated.webp',
      sharp(frames, { join: { animated: true } }).webp({ lossless: true }),
    );
    await save(
      'upright.jpg',
      sharp(turned)
        .withMetadata({ orientation: 8 })
        .jpeg({ quality: 100, chromaSubsampling: '4:4:4' }),
    );
    await save('print.tif', sharp(image).toColourspace('cmyk').tiff());
    const { code, stdout, stderr } = await run('formats', '--box', '120,40,64,64');
    expect([code, stderr]).toEqual([0, '']);
    const found = linesOf(stdout);
    expect(found).toHaveLength(6);
    const plain = found.find(({ picture }) => picture.endsWith('plain.png'))!;
    for (const { picture, points } of found) {
      // JPEG and CMYK lose a little.
      const pixels = /jpg|tif/.test(picture) ? 2 : 1e-9;
      for (const [name, { x, y }] of Object.entries(points)) {
        expect(Math.abs(x - plain.points[name]!.x), `${picture} ${name}`).toBeLessThan(pixels);
        expect(Math.abs(y - plain.points[name]!.y), `${picture} ${name}`).toBeLessThan(pixels);
      }
    }
  });

  test('of several models and of the mirror are means; a second look changes them', async () => {
    const [one, two, mirrored, refined] = await Promise.all([
      run('photos/A.png'),
      run('photos/A.png', '--with', 'model.safetensors'),
      run('photos/A.png', '--flip'),
      run('photos/A.png', '--refine', '1'),
    ]);
    expect(two!.stdout).toBe(one!.stdout);
    expect(mirrored!.stdout).not.toBe(one!.stdout);
    expect(refined!.stdout).not.toBe(one!.stdout);
    await run(
      'photos/A.png',
      '--with',
      './model.safetensors',
      '--flip',
      '--refine',
      '2',
      '--out',
      'a.json',
    );
    expect(JSON.parse(await read('a.json'))).toHaveLength(1);
  });

  test('are drawn, upright, with the photograph’s proportions', async () => {
    const args = ['photos', 'formats', '--boxes', 'some.csv', '--draw', 'drawn/here'];
    await writeFile(
      at('some.csv'),
      'picture,x,y,width,height\nA.png,1,1,90,90\nupright.jpg,120,40,64,64\n',
    );
    expect(await run(...args)).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(at('drawn', 'here'))).toEqual(['A.png', 'upright.jpg']);
    expect(await sharp(at('drawn/here/A.png')).metadata()).toMatchObject({
      format: 'png',
      width: 480,
      height: 480,
    });
    expect(await sharp(at('drawn/here/upright.jpg')).metadata()).toMatchObject({
      format: 'jpeg',
      width: 480,
      height: 288,
    });
    expect((await run(...args)).stderr).toBe(
      'error: drawn/here: the folder is not empty\n' +
        'Choose another folder with --draw, or add --force to replace drawings of the same names.\n',
    );
    expect((await run('photos/A.png', '--draw', 'photos', '--force')).stderr).toMatch(
      /^error: photos\/A.png: its drawing would take its place\n/,
    );
    // Nor through a link.
    await symlink(at('photos'), at('linked'));
    const original = await readFile(at('photos', 'A.png'));
    for (const [given, draw] of [
      ['photos/A.png', 'linked'],
      ['photos', 'linked'],
    ] as const) {
      expect(await run(given, '--draw', draw, '--force')).toMatchObject({ code: 1, stdout: '' });
    }
    expect(await readFile(at('photos', 'A.png'))).toEqual(original);
    // Drawings are no pictures of their own folder.
    const inside = await run('photos', '--draw', 'photos/drawn');
    expect(inside).toMatchObject({ code: 0 });
    expect((await run('photos', '--draw', 'photos/drawn', '--force')).stdout).toBe(inside.stdout);
    await rm(at('photos', 'drawn'), { recursive: true });
  });
});

describe('faces that are looked for', () => {
  test.skipIf(!hasFaceFinder)(`are found, the largest first${whyWithoutFinder}`, async () => {
    const drawn = synthesize({ rows: 2, seed: 3 });
    const portrait = (row: number, side: number): Promise<Buffer> =>
      sharp(drawn.images.subarray(row * 96 ** 2, (row + 1) * 96 ** 2), {
        raw: { width: 96, height: 96, channels: 1 },
      })
        .resize(side, side)
        .png()
        .toBuffer();
    await mkdir(at('people'));
    const ground = {
      create: { width: 640, height: 480, channels: 3, background: '#999' },
    } as const;
    await sharp(ground)
      .composite([
        { input: await portrait(1, 150), left: 60, top: 40 },
        { input: await portrait(0, 300), left: 280, top: 60 },
      ])
      .jpeg()
      .toFile(at('people', 'two.jpg'));
    await sharp(ground).jpeg().toFile(at('people', 'nobody.jpg'));
    const { code, stdout } = await run('people', '--find-faces', '--out', 'people.json');
    expect([code, stdout]).toEqual([
      0,
      'people.json: 15 keypoints of 2 faces in 1 picture; no face in 1\n',
    ]);
    const found: Face[] = JSON.parse(await read('people.json'));
    expect(found.map(({ box }) => [box.x > 250, box.width > 220])).toEqual([
      [true, true],
      [false, false],
    ]);
  });

  test.skipIf(hasFaceFinder)('need a package, which is said where it is absent', async () => {
    const { code, stderr } = await run('photos', '--find-faces');
    expect([code, stderr]).toEqual([
      1,
      'error: Found faces need the optional package "@vladmandic/face-api", which cannot be loaded here\n' +
        'Run "npm install @vladmandic/face-api", or give the boxes yourself.\n',
    ]);
  });
});

describe('what cannot be used', () => {
  test('is reported, the rest is done, and the exit code says so', async () => {
    await mkdir(at('mixed'));
    await writeFile(at('mixed', 'a text.jpg'), 'no picture');
    await face(0).png().toFile(at('mixed', 'fine.png'));
    await face(0).resize(1, 1).png().toFile(at('mixed', 'one pixel.png'));
    const whole = await (await group()).jpeg().toBuffer();
    await writeFile(at('mixed', 'cut short.jpg'), whole.subarray(0, whole.length / 2));
    const huge = await face(1).png().toBuffer();
    // The size in the header, and the header's checksum as it must be then.
    huge.writeUInt32BE(30_000, 16);
    huge.writeUInt32BE(30_000, 20);
    huge.writeUInt32BE((await import('../src/crc32.ts')).crc32(huge.subarray(12, 29)), 29);
    await writeFile(at('mixed', 'huge.png'), huge);
    const { code, stdout, stderr } = await run('mixed', '--out', 'mixed.jsonl');
    expect(code).toBe(1);
    expect(stdout).toBe('mixed.jsonl: 15 keypoints of 1 face in 1 picture\n');
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^skipped: mixed\/a text\.jpg: no picture that can be read \(.+\)$/),
      expect.stringMatching(/^skipped: mixed\/cut short\.jpg: no picture that can be read \(.+\)$/),
      expect.stringMatching(
        /^skipped: mixed\/huge\.png: a picture of 30000 x 30000 pixels has more/,
      ),
      expect.stringMatching(/^skipped: mixed\/one pixel\.png: a picture of 1 x 1 pixels/),
      '4 of 5 pictures could not be used',
      '',
    ]);
    const faces = linesOf(await read('mixed.jsonl'));
    expect(faces.map(({ picture }) => picture)).toEqual(['mixed/fine.png']);
    expect(await readdir(folder)).not.toContain('mixed.jsonl.partial');
  });

  test.each<[string, string[], RegExp]>([
    ['nothing', [], /^error: there is nothing to look at\n/],
    [
      'an empty folder',
      ['empty'],
      /^error: empty: there is no picture in this folder or below it\n/,
    ],
    ['a missing file', ['photos', 'nobody.jpg'], /^error: nobody.jpg: no such file or folder\n/],
    ['a box that is none', ['photos', '--box', '1,2,x,4'], /^error: --box: "1,2,x,4" is no box\n/],
    ['a zero box', ['photos', '--box', '1,2,0,4'], /^error: --box: the box 1,2,0,4 has no area\n/],
    [
      'a box beyond every picture',
      ['photos', '--box', '500,2,30,40', '--out', 'never.json'],
      /skipped: photos\/more\/group.png: --box: the box 500,2,30,40 lies outside the picture of 200 x 120 pixels\nerror: never.json: no picture could be used, so nothing is written\n/,
    ],
    [
      'two kinds of boxes',
      ['photos', '--box', '1,2,3,4', '--boxes', 'b.csv'],
      /^error: --box and --boxes say differently where faces are\n/,
    ],
    ['a missing table of boxes', ['photos', '--boxes', 'no.csv'], /^error: no.csv: no such file/],
    [
      'a box of another picture',
      ['photos', '--boxes', 'other.csv'],
      /^error: other.csv, row 2, column picture: c.png is not among the pictures\n/,
    ],
    [
      'two pictures of one name',
      ['photos', 'photos/b.png', '--draw', 'd'],
      /^error: photos\/b.png: is given twice\n/,
    ],
    [
      'a folder that is not there',
      ['photos', '--out', 'nowhere/p.json'],
      /^error: nowhere\/p.json: there is no folder nowhere\n/,
    ],
    [
      'another ending',
      ['photos', '--out', 'p.txt'],
      /Expected a name that ends in .json or .jsonl/,
    ],
    ['--resume without a file', ['photos', '--resume'], /^error: --resume goes on with a file\n/],
    [
      'a table and pictures',
      ['photos', '--data', 't.csv', '--out', 'x.csv'],
      /^error: both pictures/,
    ],
    [
      'a table with --refine',
      ['--data', 't.csv', '--out', 'x.csv', '--refine', '1'],
      /^error: --refine is for photographs/,
    ],
    ['a table without --out', ['--data', 't.csv'], /^error: --out is missing\n/],
  ])('%s is refused', async (_, args, message) => {
    await writeFile(at('other.csv'), 'picture,x,y,width,height\nb.png,1,1,9,9\nc.png,1,1,9,9\n');
    const before = (await readdir(folder)).sort();
    const { code, stderr } = await run(...args);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(message);
    expect((await readdir(folder)).sort()).toEqual(before);
  });

  test('a folder cannot be confused with another where names tell pictures apart', async () => {
    await mkdir(at('others'));
    await face(4).png().toFile(at('others', 'b.png'));
    expect((await run('photos', 'others', '--draw', 'd')).stderr).toMatch(
      /^error: photos\/b.png and others\/b.png: are both called b.png, so/,
    );
    expect(await run('photos', 'others')).toMatchObject({ code: 0 });
  });

  test('without sharp a sentence says so, and nothing is begun', async () => {
    await writeFile(
      at('without-sharp.mjs'),
      `import { register } from 'node:module';
       const hooks = \`export async function resolve(name, context, next) {
         if (name === 'sharp') throw new Error('not found');
         return next(name, context);
       }\`;
       register('data:text/javascript,' + encodeURIComponent(hooks));`,
    );
    const options = { NODE_OPTIONS: `--import ${new URL(`file://${at('without-sharp.mjs')}`)}` };
    const args = ['predict', 'model.safetensors', 'photos', '--out', 'p2.json'];
    const { code, stderr } = await nodeWith(options, folder, MAIN, ...args);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'error: Photographs need the optional package "sharp", which cannot be loaded here\nRun "npm install sharp".\n',
    );
    expect(await readdir(folder)).not.toContain('p2.json.partial');
  });
});

describe('a command that goes on', () => {
  const COUNT = 1500;
  const ARGS = ['many', '--boxes', 'many.csv', '--out', 'many.csv.out.json'];
  const PART = 'many.csv.out.json.partial';

  beforeAll(async () => {
    await mkdir(at('many'));
    const name = (i: number): string => `${String(i).padStart(4, '0')}.png`;
    await face(5)
      .png()
      .toFile(at('many', name(0)));
    await face(6)
      .png()
      .toFile(at('many', name(1)));
    for (let i = 2; i < COUNT; i++) await link(at('many', name(i % 2)), at('many', name(i)));
    await rm(at('many', name(700)));
    await writeFile(at('many', name(700)), 'no picture');
    const boxes = Array.from({ length: COUNT }, (_, i) => {
      const first = `${name(i)},${i % 7},${i % 5},20,25\n`;
      return i % 100 === 0 ? `${first}${name(i)},2,2,${20 + i / 100},9.5\n` : first;
    });
    await writeFile(at('many.csv'), `picture,x,y,width,height\n${boxes.join('')}`);
  });

  const size = (): Promise<number> =>
    readFile(at(PART)).then(
      ({ length }) => length,
      () => 0,
    );

  /** Starts or goes on, and ends it by a signal when it has written more. */
  async function interrupted(signal: NodeJS.Signals): Promise<unknown[]> {
    const before = await size();
    const args = [
      MAIN,
      'predict',
      'model.safetensors',
      ...ARGS,
      '--resume',
      '--threads',
      '1',
      '--reproducible',
    ];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: 'ignore' });
    const exit = once(child, 'exit');
    while ((await size()) < before + 100 && child.exitCode === null) await setTimeout(1);
    await setTimeout(40 * Math.random());
    child.kill(signal);
    return exit;
  }

  test('comes to the bytes of an undisturbed one, though it was killed five times', async () => {
    const whole = await run('many', '--boxes', 'many.csv', '--out', 'whole.json');
    expect(whole.stdout).toBe(`whole.json: 15 keypoints of 1,513 faces in 1,499 pictures\n`);
    for (let kill = 0; kill < 5; kill++) {
      expect(await interrupted('SIGKILL')).toEqual([null, 'SIGKILL']);
      if (kill === 2) await appendFile(at(PART), '{"picture":"many/09');
    }
    expect(await interrupted('SIGINT')).toEqual([130, null]);
    expect((await run(...ARGS)).stderr).toBe(
      `error: ${PART}: an earlier command did not come to its end\nGo on with it (--resume), or begin again (--force).\n`,
    );
    expect((await run(...ARGS, '--resume', '--refine', '1')).stderr).toMatch(
      new RegExp(`^error: ${PART}: was begun with another --refine\n`),
    );
    await writeFile(at('many', 'new.png'), 'one more');
    expect((await run(...ARGS, '--resume')).stderr).toMatch(/another list of pictures\n/);
    await rm(at('many', 'new.png'));
    const last = await run(...ARGS, '--resume');
    expect(last).toEqual({
      code: 1,
      stdout: whole.stdout.replace('whole.json', 'many.csv.out.json'),
      stderr: expect.stringMatching(/1 of 1,500 pictures could not be used\n$/),
    });
    expect(await read('many.csv.out.json')).toBe(await read('whole.json'));
    expect(await readdir(folder)).not.toContain(PART);
  }, 120_000);

  test('Ctrl-C ends what is printed in order', async () => {
    const child = spawn(process.execPath, [MAIN, 'predict', 'model.safetensors', 'many'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [text, complaint] = ['', ''];
    child.stdout.on('data', (chunk) => {
      if (text === '') child.kill('SIGINT');
      text += chunk;
    });
    child.stderr.on('data', (chunk) => {
      complaint += chunk;
    });
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(linesOf(text).length).toBeLessThan(COUNT);
    expect(complaint).toMatch(/^ended by Ctrl-C after \d+ of 1,500 pictures\n$/);
  });
});
