import { expect, test } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import { synthesize } from '../data/synthetic/synthesize.ts';
import { type Fingerprint, fingerprintOf, fingerprintText } from './fingerprint.ts';
import { trainingData } from './training-data.ts';

const faces = synthesize({ rows: 20, seed: 3, side: 24, missing: false });
const of = (change: Partial<typeof faces>, seed = net1.seed): Fingerprint =>
  fingerprintOf(trainingData({ ...net1, seed }, { ...faces, ...change }));
const before = of({});

test('tells what has changed', () => {
  const images = faces.images.with(5, faces.images[5]! ^ 1);
  const labels = faces.labels.with(7, faces.labels[7]! + 1);
  expect(of({ images })).toEqual({ ...before, images: expect.not.toBeOneOf([before.images]) });
  expect(of({ labels })).toEqual({ ...before, labels: expect.not.toBeOneOf([before.labels]) });
  const { train, valid, ...table } = of({}, net1.seed + 1);
  expect(before).toMatchObject(table);
  expect([train, valid]).not.toEqual([before.train, before.valid]);
});

test('is of the whole table, also where a recipe takes some points and rows of it', () => {
  const some = trainingData({ ...net1, points: ['nose_tip'] }, faces);
  expect(fingerprintOf(some).images).toBe(before.images);
});

test('as text, eight digits each', () => {
  expect(fingerprintText({ images: 0, labels: 255, train: 2 ** 32 - 1, valid: 0xabcdef01 })).toBe(
    '00000000-000000ff-ffffffff-abcdef01',
  );
});
