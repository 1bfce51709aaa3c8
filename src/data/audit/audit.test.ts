import { expect, test } from 'vitest';
import { randomStream } from '../../random.ts';
import type { Dataset } from '../dataset.ts';
import { keypointSchema } from '../schema.ts';
import { audit, proposals } from './audit.ts';

const SIDE = 40;
const ROWS = 60;
const POINTS = ['left_eye', 'right_eye', 'nose', 'mouth', 'chin'];
const FACE = [28, 12, 12, 12, 20, 20, 20, 28, 20, 36];

/** Faces whose points lie within a pixel or so of one face's, and what a good model finds in them. */
function drawn(): { dataset: Dataset; predicted: Float32Array } {
  const random = randomStream(1, 'audit test');
  const truth = Float32Array.from({ length: ROWS * 10 }, (_, i) => FACE[i % 10]! + random.normal());
  const noisy = () => truth.map((value) => value + 0.5 * random.normal());
  const images = Uint8Array.from({ length: ROWS * SIDE ** 2 }, () => random.below(256));
  const schema = keypointSchema(POINTS, SIDE);
  return {
    dataset: { schema, rows: ROWS, images, labels: noisy(), columns: {} },
    predicted: noisy(),
  };
}

/** What is found after a change of row 7 (index 6). */
function foundAfter(
  change: (labels: Float32Array, dataset: Dataset) => void,
  known = true,
): ReturnType<typeof audit> {
  const { dataset, predicted } = drawn();
  change(dataset.labels.subarray(60, 70), dataset);
  return audit(dataset, known ? { predicted } : {});
}

test('sound labels are not suspected, with and without predictions', () => {
  expect(foundAfter(() => {})).toEqual([]);
  expect(foundAfter(() => {}, false)).toEqual([]);
});

test('one label far from where it is', () => {
  const suspects = foundAfter((labels) => labels.set([34, 34], 4));
  expect(suspects).toEqual([
    expect.objectContaining({
      row: 6,
      point: 2,
      reason: 'far',
      words: 'far from where it is predicted',
    }),
  ]);
  expect(proposals(suspects)).toMatchObject([{ row: 6, point: 2, to: undefined }]);
});

test('without predictions it is unusual, which is no reason to drop it', () => {
  const suspects = foundAfter((labels) => labels.set([34, 34], 4), false);
  expect(suspects).toMatchObject([{ row: 6, point: 2, reason: 'unusual' }]);
  expect(proposals(suspects)).toEqual([]);
});

test.each([true, false])('left and right confused are exchanged (predictions: %s)', (known) => {
  const before: number[] = [];
  const suspects = foundAfter((labels) => {
    before.push(...labels.subarray(0, 4));
    labels.set([...before.slice(2), ...before.slice(0, 2)]);
  }, known);
  expect(suspects.map(({ reason }) => reason)).toEqual(['swapped', 'swapped']);
  const to = new Map(proposals(suspects).map((correction) => [correction.point, correction.to]));
  expect([...to.get(0)!, ...to.get(1)!]).toEqual(before);
});

test('labels that are all off are suspected as a row', () => {
  const suspects = foundAfter((labels) => labels.set(labels.map((value) => value + 7)));
  const row = suspects.find(({ reason }) => reason === 'row');
  expect(row).toMatchObject({ row: 6, point: undefined, proposal: { to: undefined } });
  expect(suspects).toHaveLength(1);
});

test('outside the picture', () => {
  const [worst] = foundAfter((labels) => labels.set([20, 40.5], 8));
  expect(worst).toMatchObject({ row: 6, point: 4, reason: 'outside', proposal: { to: undefined } });
});

test('two points in one place: the one that is farther off', () => {
  const [worst] = foundAfter((labels) => labels.copyWithin(6, 4, 6));
  expect(worst).toMatchObject({ row: 6, point: 3, reason: 'together' });
  expect(worst!.words).toBe('in one place with nose');
});

test('a blank picture, before all', () => {
  const [worst, ...others] = foundAfter((_, { images }) =>
    images.fill(9, 6 * SIDE ** 2, 7 * SIDE ** 2),
  );
  expect([worst, others]).toMatchObject([{ row: 6, point: undefined, reason: 'blank' }, []]);
});

test('of equal pictures the label nearer to the prediction is believed', () => {
  const change = (labels: Float32Array, { images, labels: all }: Dataset): void => {
    images.copyWithin(6 * SIDE ** 2, 8 * SIDE ** 2, 9 * SIDE ** 2);
    labels.set(all.subarray(80, 90));
    labels[4]! += 2.5;
  };
  const { dataset, predicted } = drawn();
  change(dataset.labels.subarray(60, 70), dataset);
  predicted.copyWithin(60, 80, 90);
  expect(audit(dataset, { predicted })).toMatchObject([{ row: 6, point: 2, reason: 'duplicate' }]);
  const without = audit(dataset);
  expect(without.map(({ row }) => row).sort()).toEqual([6, 8]);
  expect(proposals(without)).toEqual([]);
});

test('rows that a model has learnt have a measure of their own', () => {
  const { dataset, predicted } = drawn();
  // Learnt by heart, but for one label.
  const isKnown = (row: number): boolean => row < 30;
  predicted.set(dataset.labels.subarray(0, 300).map((value) => value + 0.05));
  dataset.labels[4]! += 0.9;
  expect(audit(dataset, { predicted }).some(({ row }) => !isKnown(row))).toBe(true);
  expect(audit(dataset, { predicted, isKnown })).toMatchObject([{ row: 0, point: 2 }]);
});
