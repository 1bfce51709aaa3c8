import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { standardScaling } from '../src/data/scaling.ts';
import { KEYPOINT_NAMES } from '../src/data/synthetic/landmarks.ts';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import type { Model } from '../src/model/model-file.ts';
import { initialise } from '../src/nn/initialise.ts';
import { dense, flatten } from '../src/nn/layers.ts';
import { network } from '../src/nn/network.ts';
import { readModel, writeModel } from '../src/node/run-folder.ts';
import { writeTable } from '../src/node/write-table.ts';
import { DIST } from './dist.ts';
import { fiducial, node } from './fiducial.ts';

const ROOT = fileURLToPath(new URL('../', DIST));
const SHIPPED = join(ROOT, 'models', 'face15.safetensors');
const FACES = join(ROOT, '..', 'shared', 'faces', 'training.zip');
const faces = synthesize({ rows: 3, seed: 4 });

/** A copy of the package, whose model is our own; and where it is used. */
let copy: string;
let folder: string;
const withModel = (...args: string[]) => node(folder, join(copy, 'dist/src/cli/main.js'), ...args);

function anyModel(): Model {
  const spec = network([1, 96, 96], [flatten(), dense(30)]);
  return {
    ...{ network: spec, schema: faces.schema, scaling: standardScaling(96), engine: 'plain' },
    training: { recipe: 'any' },
    parameters: initialise(spec, { seed: 1 }),
  };
}

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'fiducial-copy-'));
  folder = join(copy, 'used');
  await mkdir(folder);
  await cp(join(ROOT, 'dist'), join(copy, 'dist'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(copy, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await mkdir(join(copy, 'models'));
  await writeModel(join(copy, 'models', 'face15.safetensors'), anyModel());
  await writeModel(join(folder, 'mine.safetensors'), anyModel());
  await writeTable(join(folder, 'faces.csv'), faces);
  const data = faces.images.subarray(0, 96 ** 2);
  await writeFile(join(folder, 'me.png'), encode({ width: 96, height: 96, data, channels: 1 }));
  await writeFile(join(folder, 'ids.csv'), `RowId,ImageId,FeatureName,Location\n1,1,nose_tip_x,\n`);
});
afterAll(() => rm(copy, { recursive: true }));

describe('without a name, the model of the package is taken', () => {
  test.each([
    ['predict', 'me.png'],
    ['predict', '--data', 'faces.csv', '--out', 'found.csv', '--force'],
    ['evaluate', '--data', 'faces.csv'],
    ['submit', '--test', 'faces.csv', '--lookup', 'ids.csv', '--out', 'answer.csv', '--force'],
  ])('%s %s', async (command, ...args) => {
    const found = await withModel(command, ...args);
    const named = await withModel(command, 'mine.safetensors', ...args);
    expect([found.code, found.stderr]).toEqual([0, '']);
    expect(found.stdout.length).toBeGreaterThan(0);
    expect(found.stdout).toBe(named.stdout);
  });

  test('by programs too', async () => {
    const entry = pathToFileURL(join(copy, 'dist/src/node/index.js'));
    await writeFile(
      join(folder, 'find.mjs'),
      `import { load, readPicture } from '${entry}';
      const picture = await readPicture('me.png');
      const own = await load();
      const named = await load('mine.safetensors');
      const found = await Promise.all([own, named].map((each) => each.predict(picture)));
      console.log(Object.keys(found[0]).length, JSON.stringify(found[0]) === JSON.stringify(found[1]));
      await Promise.all([own.close(), named.close()]);`,
    );
    expect((await node(folder, 'find.mjs')).stdout).toBe('15 true\n');
  });
});

describe('models/face15.safetensors', () => {
  test("finds Kaggle's keypoints, is small and has a card", async () => {
    const { schema, card } = await readModel(SHIPPED);
    expect(schema).toMatchObject({ points: KEYPOINT_NAMES, side: 96, channels: 1 });
    expect((await stat(SHIPPED)).size).toBeLessThan(1_000_000);
    expect(card?.provenance).toBeDefined();
    expect(card?.licence).toBe('MIT');
    expect(card?.notes).toMatch(/real people/);
  });

  test.skipIf(!existsSync(FACES))(
    'knows the faces that it was trained on (skipped without ../shared/faces)',
    async () => {
      const { code, stdout } = await fiducial(folder, 'evaluate', '--data', FACES, '--json');
      expect(code).toBe(0);
      const [all] = JSON.parse(stdout).parts;
      expect(all.rows).toBe(3337);
      expect(all.rmse).toBeLessThan(1.2);
      expect(all.meanFace).toBeGreaterThan(3.8);
    },
    60_000,
  );
});

test('a copy of the package that has lost its model says so', async () => {
  await rm(join(copy, 'models'), { recursive: true });
  const { code, stderr } = await withModel('predict', 'me.png');
  expect(stderr).toMatch(/^error: no model is named, and this copy of fiducial comes without/);
  expect(code).toBe(1);
});
