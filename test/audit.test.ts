import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recipes } from '../recipes/index.ts';
import { audit, proposals } from '../src/data/audit/audit.ts';
import type { Suspect } from '../src/data/audit/suspect.ts';
import { applyCorrections } from '../src/data/corrections.ts';
import type { Dataset } from '../src/data/dataset.ts';
import { foldsOf } from '../src/data/folds.ts';
import { allRows, selectRows } from '../src/data/select.ts';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { writeTable } from '../src/node/write-table.ts';
import { keypointErrors } from '../src/predict/errors.ts';
import { predictKeypoints } from '../src/predict/predict.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { withSettings } from '../src/train/settings.ts';
import { train } from '../src/train/train.ts';
import { fiducial } from './fiducial.ts';
import { type Fault, plantFaults } from './planted-faults.ts';

const SIDE = 48;
const ROWS = 800;
const BUILD = { build: 'plain' } as const;
/** A minute's net: it must learn from all rows, and be used as it is at the end. */
const recipe: Recipe = withSettings(recipes.start, ['epochs=20', 'split.fraction=0', 'keep=last']);

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
    ['nothing but where points usually are', 0.5, () => undefined],
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

describe('fiducial audit', () => {
  const faces = synthesize({ rows: 40, seed: 3 });
  const { points } = faces.schema;
  const nose = points.indexOf('nose_tip');
  const spoilt = { ...faces, labels: faces.labels.slice() };
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fiducial-audit-'));
    const at = 30 * 6 + 2 * nose;
    spoilt.labels.set([5, 90], at);
    await writeTable(join(folder, 'faces.csv'), spoilt);
    const columns = points.flatMap((point) => [`${point}_x`, `${point}_y`]);
    const drawn = synthesize({ rows: 40, seed: 3, missing: false }).labels;
    const lines = Array.from(allRows(faces), (row) =>
      [row + 1, ...drawn.subarray(30 * row, 30 * row + 30)].join(','),
    );
    const table = [['Row', ...columns].join(','), ...lines.reverse()];
    await writeFile(join(folder, 'out-of-fold.csv'), `${table.join('\n')}\n`);
    await writeFile(join(folder, 'short.csv'), `${columns}\n${lines[0]!.replace(/^\d+,/, '')}\n`);
  });
  afterAll(() => rm(folder, { recursive: true }));
  const run = (...args: string[]) => fiducial(folder, 'audit', '--data', 'faces.csv', ...args);
  const read = (name: string) => readFile(join(folder, name), 'utf8');

  test('tells the worst, and writes a page, a list and a proposal', async () => {
    const { code, stdout, stderr } = await run('--predictions', 'out-of-fold.csv');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^1 suspicious label in 1 of 40 rows; compared with out-of-fold\.csv\n/);
    expect(stdout).toMatch(/^7 +[\d.]+ +nose_tip +far from where it is predicted$/m);
    expect(stdout).toContain('fiducial fit RECIPE --data faces.csv --corrections');
    const html = await read('audit/audit.html');
    expect(html.match(/<g class="suspect"/g)).toHaveLength(1);
    expect(html).not.toMatch(/<script|https?:(?!\/\/www\.w3\.org)/);
    expect(await read('audit/suspects.csv')).toMatch(/^Row,.*\n7,nose_tip,far from where.*,5,90,/);
    expect(await read('audit/corrections.csv')).toMatch(/\n7,nose_tip,missing,missing,5,90,far /);
  });

  test('keeps what somebody may have edited', async () => {
    const { code, stderr } = await run();
    expect([code, stderr]).toEqual([1, expect.stringContaining('this file exists already')]);
  });

  test('with corrections looks at what is left, and keeps them in its proposal', async () => {
    const args = ['--predictions', 'out-of-fold.csv', '--corrections', 'audit/corrections.csv'];
    const { code, stdout } = await run(...args, '--out', 'again');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^0 suspicious labels in 0 of 40 rows/),
    ]);
    expect(await read('again/corrections.csv')).toBe(await read('audit/corrections.csv'));
  });

  test('predictions of another table are refused, and nothing is written', async () => {
    const { code, stderr } = await run('--predictions', 'short.csv', '--out', 'none');
    expect([code, stderr]).toEqual([1, expect.stringContaining('1 rows, but the table has 40')]);
    expect(await readdir(folder)).not.toContain('none');
  });
});
