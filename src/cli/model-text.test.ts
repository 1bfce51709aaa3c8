import { expect, test } from 'vitest';
import { standardScaling } from '../data/scaling.ts';
import type { ModelCard, Provenance } from '../model/card.ts';
import type { Model } from '../model/model-file.ts';
import { dense, flatten } from '../nn/layers.ts';
import { network } from '../nn/network.ts';
import { modelText } from './model-text.ts';

const provenance: Provenance = {
  data: { name: 'faces.csv', rows: 6000, imagesCrc32: 0xabcdef },
  split: { type: 'group', fraction: 0.2, train: 4800, valid: 1200 },
  recipe: { name: 'net1', about: 'Small.' },
  ...{ seed: 42, epochs: 500, epoch: 387, build: 'plain', fiducial: '0.1.0' },
  errors: {
    ...{ rmse: 1.23456, meanFace: 3, labels: 2300 },
    points: [
      { name: 'left_eye', rmse: 1.5, meanFace: 3, labels: 2300 },
      { name: 'right_eye', rmse: null, meanFace: null, labels: 0 },
      { name: 'nose', rmse: 1, meanFace: 2, labels: 0 },
    ],
  },
};

const textWith = (card: ModelCard | undefined): string => {
  const model: Model = {
    network: network([3, 8, 8], [flatten(), dense(6, { name: 'output' })]),
    schema: {
      points: ['left_eye', 'right_eye', 'nose'],
      side: 8,
      channels: 3,
      mirrorPairs: [[0, 1]],
    },
    scaling: standardScaling(8),
    engine: 'plain',
    training: { recipe: 'net1', seed: 42 },
    card,
    parameters: new Map(),
  };
  return modelText(model);
};
const textOf = (change: Partial<Provenance>): string =>
  textWith({ licence: 'MIT', provenance: { ...provenance, ...change } });
const cells = (text: string, name: string): string[] =>
  text
    .split('\n')
    .findLast((line) => line.startsWith(name))!
    .split(/ {2,}/);

test('a model says what it takes, what it gives and where it comes from', () => {
  const text = textOf({});
  expect(text).toContain('  pictures   8 x 8 pixels, red, green, blue, divided by 255\n');
  expect(text).toContain('  keypoints  3, in pixels: output * 4 + 4\n');
  expect(text).toMatch(/^output +6 +6 +1158$/m);
  expect(text).toContain(
    '  licence   MIT\n  data      faces.csv: 6,000 rows, CRC-32 of all pictures 00abcdef\n',
  );
  expect(text).toContain('group, 0.2: 4,800 rows to train on, 1,200 to validate on\n');
  expect(text).toContain('500 epochs, seed 42, fiducial 0.1.0; weights of epoch 387\n');
  expect(text).toContain(
    '1.235 px RMSE on 2,300 labels of the validation rows; the mean face: 3.000 px',
  );
  expect(cells(text, 'left_eye')).toEqual(['left_eye', 'right_eye', '1.500', '3.000', '2300']);
  expect(cells(text, 'right_eye')).toEqual(['right_eye', 'left_eye', '-', '-', '0']);
  expect(cells(text, 'nose')[1]).toBe('nose');
});

test('what was not measured is said, and why', () => {
  const { train, valid, ...split } = provenance.split;
  const all = { ...split, train: train + valid, valid: 0 };
  expect(textOf({ errors: null, split: all })).toContain('nothing was validated: all rows were');
  expect(textOf({ errors: null })).toContain('not measured yet: saved while training went on');
  expect(cells(textOf({ errors: null }), 'left_eye')).toEqual(['left_eye', 'right_eye']);
  const none = { rmse: null, meanFace: null, labels: 0, points: [] };
  expect(textOf({ errors: none })).toContain('the validation rows have no label');
});

test('a model without a card says what is known', () => {
  expect(textWith(undefined)).toContain('Known is: {"recipe":"net1","seed":42}\n');
  expect(textWith({ licence: 'MIT', notes: 'Imported.' })).toContain(
    '  licence   MIT\n  notes     Imported.\n  training  not known\n',
  );
});
