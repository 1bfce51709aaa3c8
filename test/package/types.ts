/** Programs of a user in TypeScript, checked against the packed declarations. */
import {
  adam,
  conv2d,
  type Dataset,
  dense,
  Engine,
  type Epoch,
  encodeModel,
  InputError,
  type Keypoints,
  keypointErrors,
  linearSchedule,
  load,
  type Model,
  maxPool2d,
  type Recipe,
  recipes,
  relu,
  synthesize,
  TableParser,
  train,
  withSettings,
} from 'fiducial';
import { readModel, readPicture, readTable } from 'fiducial/node';

export async function trainAndSave(recipe: Recipe): Promise<Uint8Array> {
  const faces: Dataset = synthesize({ rows: 10, seed: 1 });
  let best: Model | undefined;
  for await (const epoch of train(recipe, faces, { threads: 1 })) {
    const { validRmse }: Epoch = epoch;
    if (validRmse < 2) best = await epoch.model();
  }
  if (!best) throw new InputError('no epoch was good enough', 'Train for longer.');
  return encodeModel(best);
}

export const mine: Recipe = {
  ...withSettings(recipes.net1, ['epochs=3']),
  layers: [conv2d(8, 3), relu(), maxPool2d(), dense(10, { name: 'wide' })],
  rule: adam(),
  learningRate: linearSchedule(0.03, 0.0001),
};

export function rowsOf(text: Uint8Array): number {
  const parser = new TableParser('faces.csv');
  parser.push(text);
  return parser.finish().rows;
}

export async function evaluateRun(): Promise<number> {
  const { schema } = await readModel('runs/net1');
  const faces = await readTable('faces.csv');
  const found = new Float32Array(2 * schema.points.length * faces.rows);
  return keypointErrors(faces, found, Uint32Array.of(0)).rmse;
}

export async function findIn(path: string, model: Uint8Array): Promise<Keypoints> {
  const detector = await load(model, { threads: 1 });
  try {
    const picture = await readPicture(path);
    const box = { x: 0, y: 0, width: picture.width / 2, height: picture.height };
    return await detector.predict(picture, { box, refine: 1 });
  } finally {
    await detector.close();
  }
}

// @ts-expect-error a number of threads is a number
Engine.start({ threads: 'two' });
// @ts-expect-error a point has two coordinates
const z = (found: Keypoints): number => found.nose_tip!.z;
console.log(z);
// @ts-expect-error a misspelt setting is found while typing
synthesize({ rows: 10, sead: 1 });
