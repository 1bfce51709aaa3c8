import { describe, expect, test } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import { refusal } from '../../test/refusal.ts';
import { InputError } from '../errors.ts';
import { decodeModel } from '../model/decode-model.ts';
import { decodeSealed } from '../model/decode-sealed.ts';
import { encodeSealed } from '../model/sealed-file.ts';
import { type Checkpoint, encodeCheckpoint } from './checkpoint.ts';
import { decodeCheckpoint } from './decode-checkpoint.ts';

const tensors = (...values: number[]): Map<string, Float32Array<ArrayBuffer>> =>
  new Map([
    ['dense1.weight', Float32Array.from(values)],
    ['dense1.bias', Float32Array.of(values[0]!)],
  ]);
const record = { epoch: 3, trainLoss: 0.1 + 0.2, validLoss: 1 / 3, validRmse: 27.5, seconds: 0.5 };

const checkpoint: Checkpoint = {
  recipe: net1,
  build: 'plain',
  data: '0123abcd4567ef00',
  epoch: 4,
  record: { ...record, epoch: 4 },
  underway: { rowsDone: 256, lossSum: 0.1 + 0.7, lossCount: 7680, seconds: 1.25 },
  stepsDone: 14,
  parameters: tensors(1, -0, 1e-40, Math.PI),
  states: [tensors(5, 6, 7, 8), tensors(9, 10, 11, 12)],
  best: { record, parameters: tensors(13, 14, 15, 16) },
};

/** A checkpoint whose metadata was changed on purpose, with the right checksum. */
function rewritten(change: Readonly<Record<string, string>>): Uint8Array {
  const sealed = decodeSealed(encodeCheckpoint(checkpoint), 'a', 'checkpoint');
  return encodeSealed(sealed.tensors, { ...sealed.metadata, ...change });
}

describe('a checkpoint', () => {
  test.each<[string, Checkpoint]>([
    ['in the middle of an epoch', checkpoint],
    [
      'before the first epoch has ended',
      { ...checkpoint, epoch: 0, record: undefined, best: undefined },
    ],
    ['of a rule without a state', { ...checkpoint, states: [] }],
    [
      'with averages',
      {
        ...checkpoint,
        recipe: { ...net1, averaging: { decay: 0.99 } },
        averages: tensors(17, 18, 19, 20),
      },
    ],
    ['of a network that is frozen altogether', { ...checkpoint, states: [new Map(), new Map()] }],
    [
      'without rows to validate on',
      {
        ...checkpoint,
        best: {
          record: { ...record, validLoss: Number.NaN, validRmse: Number.NaN },
          parameters: tensors(1, 2),
        },
      },
    ],
    ...[Number.NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE].map(
      (lossSum): [string, Checkpoint] => [
        `with a loss of ${lossSum}`,
        { ...checkpoint, underway: { ...checkpoint.underway, lossSum } },
      ],
    ),
  ])('%s comes back to the bit', (_, before) => {
    const file = encodeCheckpoint(before);
    const after = decodeCheckpoint(file, 'a');
    expect(after).toEqual(before);
    expect(encodeCheckpoint(after)).toEqual(file);
  });

  test('holds the best parameters once where they are the current ones', () => {
    const { parameters } = checkpoint;
    const copies = new Map([...parameters].map(([name, values]) => [name, values.slice()]));
    const once = encodeCheckpoint({ ...checkpoint, best: { record, parameters: copies } });
    expect(encodeCheckpoint(checkpoint).length).toBeGreaterThan(once.length);
    expect(decodeCheckpoint(once, 'a').best).toEqual({ record, parameters });
    const zero = new Map(copies).set('dense1.weight', Float32Array.of(1, 0, 1e-40, Math.PI));
    const twice = encodeCheckpoint({ ...checkpoint, best: { record, parameters: zero } });
    expect(decodeCheckpoint(twice, 'a').best!.parameters).toEqual(zero);
  });

  test('is refused when any byte has changed or the end is missing', () => {
    const file = encodeCheckpoint(checkpoint);
    for (let position = 0; position < file.length; position++) {
      file[position]! ^= 0x24;
      expect(() => decodeCheckpoint(file, 'a'), `byte ${position}`).toThrow(InputError);
      file[position]! ^= 0x24;
      expect(() => decodeCheckpoint(file.subarray(0, position), 'a')).toThrow(InputError);
    }
    expect(decodeCheckpoint(file, 'a')).toEqual(checkpoint);
  });

  test('names the file in messages about damage', () => {
    const file = encodeCheckpoint(checkpoint);
    file[file.length - 1]! ^= 1;
    expect(() => decodeCheckpoint(file, 'runs/a/checkpoints/b.safetensors')).toThrow(
      refusal(/^runs\/a\/checkpoints\/b\.safetensors: is damaged: its checksum is /),
    );
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ checkpoint: '2' }, /^a: has version 2 of the checkpoint format, expected 1$/],
    [{ recipe: JSON.stringify({ ...net1, epochs: 0 }) }, /^a, recipe, epochs: /],
    [{ state: '{}' }, /^a, state, build: /],
    [{ state: '{' }, /^a, state: is not JSON/],
  ])('is refused with the metadata %j', (change, message) => {
    expect(() => decodeCheckpoint(rewritten(change), 'a')).toThrow(refusal(message));
  });

  test('and a model are not taken for each other', () => {
    const file = encodeCheckpoint(checkpoint);
    expect(() => decodeModel(file, 'a')).toThrow(refusal('a: is a file of fiducial, but no model'));
    const model = encodeSealed(new Map(), { fiducial: '1' });
    expect(() => decodeCheckpoint(model, 'a')).toThrow(
      refusal('a: is a file of fiducial, but no checkpoint'),
    );
  });
});
