import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import { refusal } from '../../test/refusal.ts';
import type { Dataset } from '../data/dataset.ts';
import { keypointSchema } from '../data/schema.ts';
import { completeRows, selectRows } from '../data/select.ts';
import { synthesize } from '../data/synthetic/synthesize.ts';
import { maskedMeanSquaredError } from '../nn/loss.ts';
import type { Recipe } from './recipe.ts';
import { splitNotice } from './split-notice.ts';
import { mirrorNote, requireLabels, trainingData } from './training-data.ts';

const faces = synthesize({ rows: 200, seed: 9, side: 16 });
const all: Recipe = { ...net1, rows: 'all' };
const both = ({ split }: { split: { train: Uint32Array; valid: Uint32Array } }): Uint32Array =>
  Uint32Array.from([...split.train, ...split.valid]).sort();

describe('rows', () => {
  test('complete ones alone, or all', () => {
    const complete = completeRows(faces);
    expect(complete.length).toBeLessThan(faces.rows);
    const data = trainingData(net1, faces);
    expect(data.dataset).toEqual(faces);
    expect(both(data)).toEqual(complete);
    expect(both(trainingData(all, faces))).toHaveLength(faces.rows);
  });

  test('with chosen points, those that have all of these', () => {
    const points = ['mouth_right_corner', 'left_eye_center'];
    const { dataset, split } = trainingData({ ...all, points }, faces);
    expect(dataset.schema.points).toEqual(points);
    expect(dataset.rows).toBeGreaterThan(completeRows(faces).length);
    expect(dataset.rows).toBeLessThan(faces.rows);
    expect(dataset.labels.some(Number.isNaN)).toBe(false);
    expect(both({ split })).toEqual(Uint32Array.from({ length: dataset.rows }, (_, row) => row));
  });

  test('the seed of the recipe decides the split where the split has none', () => {
    const valid = (recipe: Recipe): Uint32Array => trainingData(recipe, faces).split.valid;
    expect(valid(all)).toEqual(valid(all));
    expect(valid({ ...all, seed: 43 })).not.toEqual(valid(all));
    const split = { type: 'random', fraction: 0.2, seed: 42 } as const;
    expect(valid({ ...all, seed: 43, split })).toEqual(valid(all));
  });

  test.each<[string, Recipe, Dataset, RegExp]>([
    [
      'a point of a mirrored face without its partner',
      { ...all, points: ['left_eye_center'], augmentation: { flip_half: true } },
      faces,
      /^left_eye_center is learnt without right_eye_center, but pictures are mirrored$/,
    ],
    ['an unknown point', { ...all, points: ['nose'] }, faces, /^no keypoint "nose" in the table$/],
    [
      'no keypoint at all',
      all,
      { ...faces, schema: keypointSchema([], 16), labels: new Float32Array() },
      /^the table has no keypoint, so there is nothing to learn$/,
    ],
    [
      'no complete row',
      net1,
      { ...faces, labels: faces.labels.map((value, i) => (i % 30 === 0 ? Number.NaN : value)) },
      /^none of the 200 rows has a label for every keypoint, and recipe net1 needs such rows$/,
    ],
    [
      'no row with a chosen keypoint',
      { ...net1, points: ['nose_tip'] },
      { ...faces, labels: faces.labels.map(() => Number.NaN) },
      /^none of the 200 rows has a label for every keypoint, and recipe net1 needs such rows$/,
    ],
    [
      'missing groups',
      { ...all, split: { type: 'group', fraction: 0.2 } },
      faces,
      /^a split by group needs the group of every row$/,
    ],
  ])('%s is refused', (_, recipe, dataset, message) => {
    expect(() => trainingData(recipe, dataset)).toThrow(refusal(message));
  });
});

test.each([
  ['to train on', 'train', 160],
  ['to validate on', 'valid', 40],
] as const)('rows %s of which none has a label are refused', (purpose, part, count) => {
  const masked: Recipe = { ...all, loss: maskedMeanSquaredError() };
  const data = trainingData(masked, faces);
  expect(() => requireLabels(masked, data)).not.toThrow();
  const labels = faces.labels.slice();
  for (const row of data.split[part]) labels.fill(Number.NaN, 30 * row, 30 * row + 30);
  expect(() => requireLabels(masked, trainingData(masked, { ...faces, labels }))).toThrow(
    refusal(`none of the ${count} rows ${purpose} has a label`),
  );
});

describe('points that mirror each other', () => {
  const augmentation = { horizontal_flip: true };
  const mirrorPairs: Recipe['mirrorPairs'] = [['nose_tip', 'left_eye_center']];

  test('are those that the recipe gives, in place of those that names tell', () => {
    const points = ['left_eye_center', 'right_eye_center', 'nose_tip'];
    const named = trainingData({ ...all, points, augmentation }, faces);
    expect(named.dataset.schema.mirrorPairs).toEqual([[0, 1]]);
    const given = trainingData({ ...all, points, augmentation, mirrorPairs }, faces);
    expect(given.dataset.schema.mirrorPairs).toEqual([[0, 2]]);
  });

  test('must be learnt together', () => {
    const recipe = { ...all, points: ['nose_tip'], augmentation, mirrorPairs };
    expect(() => trainingData(recipe, faces)).toThrow(
      refusal('nose_tip is learnt without left_eye_center, but pictures are mirrored'),
    );
  });

  test('must be points of the table', () => {
    const recipe: Recipe = { ...all, mirrorPairs: [['nose_tip', 'nose']] };
    expect(() => trainingData(recipe, faces)).toThrow(
      refusal('mirrorPairs, pair 1: no keypoint "nose" in the table'),
    );
  });

  test('are missed where pictures are mirrored and none is known', () => {
    const flips = { ...all, augmentation };
    const alone = keypointSchema(['nose'], 16);
    const unpaired = keypointSchema(['nose', 'chin'], 16);
    expect(mirrorNote(flips, unpaired)).toMatch(/^Pictures are mirrored, and none of the 2 key/);
    expect(mirrorNote(all, unpaired)).toBeUndefined();
    expect(mirrorNote(flips, faces.schema)).toBeUndefined();
    // One point alone has nothing to change its name with.
    expect(mirrorNote(flips, alone)).toBeUndefined();
  });
});

test('groups never straddle the split, whatever rows and points are chosen', () => {
  // The first pixels of every picture say which row it was.
  const images = faces.images.slice();
  for (let row = 0; row < faces.rows; row++) images[row * 256] = row;
  const marked = { ...faces, images };
  const points = fc.constantFrom<Recipe['points']>('all', ['nose_tip'], ['left_eyebrow_inner_end']);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 200, maxLength: 200 }),
      points,
      fc.constantFrom<Recipe['rows']>('all', 'complete'),
      fc.integer({ min: 0, max: 1000 }),
      (groups, points, rows, seed) => {
        const recipe: Recipe = {
          ...net1,
          points,
          rows,
          seed,
          split: { type: 'group', fraction: 0.3 },
        };
        const { dataset, split } = trainingData(recipe, marked, groups);
        const groupsOf = (chosen: Uint32Array): Set<number> =>
          new Set(Array.from(chosen, (row) => groups[dataset.images[row * 256]!]!));
        const [train, valid] = [groupsOf(split.train), groupsOf(split.valid)];
        expect([...train].filter((group) => valid.has(group))).toEqual([]);
      },
    ),
    { numRuns: 100, seed: 1 },
  );
});

describe('near-duplicates', () => {
  const copied = selectRows(faces, [...Array(200).keys(), ...Array(60).keys()]);
  const fraction = 0.2;

  test('a split by likeness keeps them on one side, and says so', () => {
    const recipe: Recipe = { ...all, split: { type: 'similar', fraction } };
    const data = trainingData(recipe, copied);
    const valid = new Set(data.split.valid);
    for (let row = 0; row < 60; row++) expect(valid.has(row)).toBe(valid.has(200 + row));
    expect(splitNotice(recipe, data)).toBe(
      'Pictures that show nearly the same are kept on one side of the split: 120 rows in 60 groups.',
    );
    expect(splitNotice(recipe, trainingData(recipe, faces))).toBeUndefined();
  });

  test('of a split at random it is told how many straddle it', () => {
    const recipe: Recipe = { ...all, split: { type: 'random', fraction } };
    const data = trainingData(recipe, copied);
    const valid = new Set(data.split.valid);
    const straddling = [...valid].filter(
      (row) => (row >= 200 && !valid.has(row - 200)) || (row < 60 && !valid.has(row + 200)),
    );
    expect(straddling.length).toBeGreaterThan(5);
    expect(splitNotice(recipe, data)).toMatch(
      `${straddling.length} of 52 validation rows show nearly the same as a training row`,
    );
    expect(splitNotice(recipe, trainingData(recipe, faces))).toBeUndefined();
  });
});

describe('folds', () => {
  const fold = (number: number): Recipe => ({
    ...net1,
    split: { type: 'fold', fold: number, folds: 3, together: 'group' },
  });
  const people = Uint32Array.from({ length: faces.rows }, (_, row) => row % 40);

  test('divide the table, whichever rows and points a recipe takes', () => {
    const validRows = (recipe: Recipe): number[] => {
      const { split, tableRows } = trainingData(recipe, faces, people);
      return Array.from(split.valid, (row) => tableRows[row]!);
    };
    const whole = new Set(validRows({ ...fold(2), rows: 'all' }));
    const complete = new Set(completeRows(faces));
    expect(new Set(validRows(fold(2)))).toEqual(
      new Set([...whole].filter((row) => complete.has(row))),
    );
    expect(validRows({ ...fold(2), points: ['nose_tip'] }).every((row) => whole.has(row))).toBe(
      true,
    );
  });

  test('need groups of this table, and rows in each', () => {
    expect(() => trainingData(fold(1), faces)).toThrow(
      refusal('a split by group needs the group of every row'),
    );
    expect(() => trainingData(fold(1), faces, people.subarray(1))).toThrow(
      refusal('groups of 199 rows, but the table has 200'),
    );
    const [first] = completeRows(faces);
    const few = selectRows(faces, [
      first!,
      ...[...Array(200).keys()].filter((row) => !completeRows(faces).includes(row)),
    ]);
    const messages = [1, 2, 3].map((number) => {
      try {
        trainingData(
          fold(number),
          few,
          Uint32Array.from({ length: few.rows }, (_, row) => row),
        );
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(messages.filter((text) => text.includes('none of them are in this fold'))).toHaveLength(
      2,
    );
    expect(messages.every((text) => text.startsWith('fold '))).toBe(true);
  });
});
