import { beforeAll, describe, expect, test } from 'vitest';
import { recipes } from '../recipes/index.ts';
import { audit, proposals } from '../src/data/audit/audit.ts';
import type { Suspect } from '../src/data/audit/suspect.ts';
import { applyCorrections } from '../src/data/corrections.ts';
import type { Dataset } from '../src/data/dataset.ts';
import { foldsOf } from '../src/data/folds.ts';
import { allRows, selectRows } from '../src/data/select.ts';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { keypointErrors } from '../src/predict/errors.ts';
import { predictKeypoints } from '../src/predict/predict.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { withSettings } from '../src/train/settings.ts';
import { train } from '../src/train/train.ts';
import { type Fault, plantFaults } from './planted-faults.ts';

const SIDE = 32;
const ROWS = 600;
const BUILD = { build: 'plain' } as const;
/** A minute's net: it must learn from all rows, and be used as it is at the end. */
const recipe: Recipe = withSettings(recipes.start, ['epochs=15', 'split.fraction=0', 'keep=last']);

/** What a net that has learnt from a dataset finds in pictures. */
async function learnt(dataset: Dataset, images: Uint8Array): Promise<Float32Array> {
  let predicted: Float32Array | undefined;
  for await (const epoch of train(recipe, dataset, BUILD)) {
    if (epoch.epoch < recipe.epochs) continue;
    predicted = await predictKeypoints(await epoch.model(), images, BUILD);
  }
  return predicted!;
}

/** Predictions of every row by a net that has not learnt from it. */
async function outOfFold(dataset: Dataset): Promise<Float32Array> {
  const predicted = new Float32Array(dataset.labels.length);
  const values = 2 * dataset.schema.points.length;
  for (const fold of foldsOf(allRows(dataset), 2, { seed: 1 })) {
    const unseen = selectRows(dataset, fold.valid);
    const found = await learnt(selectRows(dataset, fold.train), unseen.images);
    fold.valid.forEach((row, i) => {
      predicted.set(found.subarray(i * values, (i + 1) * values), row * values);
    });
  }
  return predicted;
}

const clean = synthesize({ rows: ROWS, seed: 5, side: SIDE });
const { dataset, faults } = plantFaults(clean, { seed: 7, every: 10 });
let predicted: Float32Array;
beforeAll(async () => {
  predicted = await outOfFold(dataset);
}, 120_000);

/** Whether a suspect is one of the planted faults. */
const isOf = (fault: Fault, { row, point }: Suspect): boolean =>
  fault.rows.includes(row) && (point === undefined || fault.points.includes(point));

describe('faults planted among drawn faces', () => {
  test.each([
    ['out-of-fold predictions', 0.9, () => predicted],
    ['nothing but where points usually are', 0.8, () => undefined],
  ])('are found first with %s', (_, recall, predictions) => {
    const suspects = audit(dataset, { predicted: predictions() });
    const worst = [...new Set(suspects.map(({ row }) => row))].slice(0, faults.length);
    const among = suspects.filter(({ row }) => worst.includes(row));
    const found = faults.filter((fault) => among.some((suspect) => isOf(fault, suspect)));
    expect(found.length / faults.length).toBeGreaterThanOrEqual(recall);
  });

  test('a net comes closer to the truth with the proposed corrections', async () => {
    const corrections = proposals(audit(dataset, { predicted }));
    const unseen = synthesize({ rows: 300, seed: 6, side: SIDE, missing: false });
    const errorOf = async (labelled: Dataset): Promise<number> =>
      keypointErrors(unseen, await learnt(labelled, unseen.images), allRows(unseen)).rmse;
    const before = await errorOf(dataset);
    const after = await errorOf(applyCorrections(dataset, corrections));
    expect(after).toBeLessThan(before);
  }, 120_000);
});
