import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { standardScaling } from '../data/scaling.ts';
import { InputError } from '../errors.ts';
import { conv2d, dense, flatten, relu } from '../nn/layers.ts';
import { network, parameterInfos, sizeOf } from '../nn/network.ts';
import { randomStream } from '../random.ts';
import type { ModelCard, Provenance } from './card.ts';
import { decodeModel } from './decode-model.ts';
import { decodeSealed } from './decode-sealed.ts';
import { fromFloat16, toFloat16 } from './float16.ts';
import { encodeModel, type Model } from './model-file.ts';
import { encodeSafetensors } from './safetensors.ts';
import { decodeHeader } from './safetensors-header.ts';
import { encodeSealed } from './sealed-file.ts';

function smallModel(): Model {
  const spec = network([1, 4, 4], [conv2d(2, 3), relu(), flatten(), dense(4)]);
  const random = randomStream(7, 'parameters');
  return {
    network: spec,
    schema: {
      ...{ points: ['left_eye', 'right_eye'], side: 4, channels: 1, mirrorPairs: [[0, 1]] },
      mirrorAxis: 2.3,
    },
    scaling: standardScaling(4),
    engine: 'plain',
    training: { recipe: 'net1', seed: 42, epoch: 3, validLoss: 0.0125, stopped: null },
    meanPoints: Float32Array.of(3, 1, 1, Number.NaN),
    parameters: new Map(
      parameterInfos(spec).map(({ name, shape }) => [
        name,
        Float32Array.from({ length: sizeOf(shape) }, () => random.between(-1, 1)),
      ]),
    ),
  };
}

/** A model file whose metadata was changed on purpose, with the right checksum. */
function rewritten(change: Readonly<Record<string, string>>): Uint8Array {
  const { tensors, metadata } = decodeSealed(encodeModel(smallModel()), 'a', 'model');
  return encodeSealed(tensors, { ...metadata, ...change });
}

const provenance: Provenance = {
  data: { name: 'faces.csv', rows: 60, imagesCrc32: 2 ** 32 - 1 },
  split: { type: 'random', fraction: 0.2, train: 48, valid: 12 },
  recipe: { name: 'net1', about: 'Small – but ours.' },
  ...{ seed: 42, epochs: 5, epoch: 3, build: 'plain', fiducial: '0.1.0' },
  errors: {
    ...{ rmse: 0.1 + 0.2, meanFace: 3, labels: 24 },
    points: [
      { name: 'left_eye', rmse: 0.1, meanFace: 3, labels: 24 },
      { name: 'right_eye', rmse: null, meanFace: null, labels: 0 },
    ],
  },
};

describe('a model file', () => {
  test('gives the model back, to the bit', () => {
    expect(decodeModel(encodeModel(smallModel()), 'a')).toEqual(smallModel());
    expect(encodeModel(decodeModel(encodeModel(smallModel()), 'a'))).toEqual(
      encodeModel(smallModel()),
    );
  });

  test('may do without the usual places of its points, not with some of them', () => {
    const { meanPoints: _, ...model } = smallModel();
    expect(decodeModel(encodeModel(model), 'a')).toEqual(model);
    expect(() => decodeModel(rewritten({ meanPoints: '[1,2]' }), 'a')).toThrow(
      refusal(/^a, meanPoints: /),
    );
  });

  test.each<ModelCard>([
    { licence: 'not given' },
    { licence: 'CC BY 4.0', notes: 'Of "my" faces,\nall drawn.', provenance },
    { licence: '', provenance: { ...provenance, errors: null } },
  ])('keeps its card: %j', (card) => {
    const file = encodeModel({ ...smallModel(), card });
    expect(decodeModel(file, 'a').card).toEqual(card);
    expect(encodeModel(decodeModel(file, 'a'))).toEqual(file);
  });

  test('has no card where its writer knew of none', () => {
    expect(decodeModel(encodeModel(smallModel()), 'a')).not.toHaveProperty('card');
  });

  test('keeps the centring and scaling of its pictures', () => {
    const scaling = standardScaling(4, {
      ...{ samplewiseCenter: true, samplewiseDeviation: false, mean: [0.1], deviation: [0.3] },
    });
    expect(decodeModel(encodeModel({ ...smallModel(), scaling }), 'a').scaling).toEqual(scaling);
    const wrong = { ...scaling, standardisation: { ...scaling.standardisation, deviation: [0] } };
    expect(() => decodeModel(rewritten({ scaling: JSON.stringify(wrong) }), 'a')).toThrow(
      refusal(/^a, scaling, standardisation\.deviation\[0\]: /),
    );
    // Before there were colours, there was one number alone.
    const { standardisation } = scaling;
    const older = {
      ...scaling,
      standardisation: { ...standardisation, mean: 0.1, deviation: 0.3 },
    };
    expect(decodeModel(rewritten({ scaling: JSON.stringify(older) }), 'a').scaling).toEqual(
      scaling,
    );
    const colours = { ...scaling, standardisation: { ...standardisation, mean: [0, 0, 0] } };
    expect(() => decodeModel(rewritten({ scaling: JSON.stringify(colours) }), 'a')).toThrow(
      refusal('a, scaling: 3 means and 1 deviations for images of 1 channel'),
    );
  });

  test('as float16 gives the rounded parameters back, in half the bytes', () => {
    const model = smallModel();
    const file = encodeModel(model, { float16: true });
    const rounded = new Map(
      [...model.parameters].map(([name, values]) => [name, fromFloat16(toFloat16(values))]),
    );
    expect(decodeModel(file, 'a')).toEqual({ ...model, parameters: rounded });
    expect(decodeHeader(file, 'a').tensors.every(({ dtype }) => dtype === 'F16')).toBe(true);
    expect(encodeModel(decodeModel(file, 'a'), { float16: true })).toEqual(file);
  });

  test('is refused as float16 where a parameter would become infinite', () => {
    const model = smallModel();
    const withBias = (value: number): Model => ({
      ...model,
      parameters: new Map(model.parameters).set('conv1.bias', Float32Array.of(1, value)),
    });
    expect(() => encodeModel(withBias(-65520), { float16: true })).toThrow(
      refusal('model: the parameter conv1.bias has a value of -65520, and float16 ends at 65504'),
    );
    const file = encodeModel(withBias(-65519), { float16: true });
    expect(decodeModel(file, 'a').parameters.get('conv1.bias')).toEqual(Float32Array.of(1, -65504));
  });

  test.each([
    ['F32', 4],
    ['F16', 2],
  ])('is read by a reader of the published format that is not ours, as %s', (dtype, width) => {
    const model = smallModel();
    const file = encodeModel(model, { float16: dtype === 'F16' });
    const view = new DataView(file.buffer);
    const headerBytes = view.getUint32(0, true);
    expect(view.getUint32(4, true)).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerBytes)));
    expect(file[8]).toBe('{'.charCodeAt(0));
    expect(Object.values(header.__metadata__).every((text) => typeof text === 'string')).toBe(true);
    let position = 0;
    for (const { name, shape } of parameterInfos(model.network)) {
      expect([header[name].dtype, header[name].shape]).toEqual([dtype, shape]);
      const [begin, end] = header[name].data_offsets;
      expect([begin, end]).toEqual([position, position + width * sizeOf(shape)]);
      model.parameters.get(name)!.forEach((value, i) => {
        const at = 8 + headerBytes + begin + width * i;
        if (width === 4) expect(view.getFloat32(at, true)).toBe(value);
        else expect(view.getUint16(at, true)).toBe(toFloat16(Float32Array.of(value))[0]);
      });
      position = end;
    }
    expect(8 + headerBytes + position).toBe(file.length);
  });

  test('has its parameters in the order of the network', () => {
    const model = smallModel();
    const reversed = { ...model, parameters: new Map([...model.parameters].reverse()) };
    expect(encodeModel(reversed)).toEqual(encodeModel(model));
  });

  test('is refused when any one byte has changed', () => {
    const file = encodeModel(smallModel());
    for (let position = 0; position < file.length; position++) {
      const byte = file[position]!;
      // Every bit alone, then all at once; 0x20 also turns a hexadecimal digit into a capital.
      for (const change of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
        file[position] = byte ^ change;
        expect(() => decodeModel(file, 'a'), `byte ${position} ^ ${change}`).toThrow(InputError);
      }
      file[position] = byte;
    }
    expect(decodeModel(file, 'a').engine).toBe('plain');
  });

  test('is refused when it is cut short or longer by any number of bytes', () => {
    const file = encodeModel(smallModel());
    for (let bytes = 0; bytes < file.length; bytes++) {
      expect(() => decodeModel(file.subarray(0, bytes), 'a'), `${bytes} bytes`).toThrow(InputError);
    }
    for (let extra = 1; extra < 20; extra++) {
      const longer = new Uint8Array(file.length + extra);
      longer.set(file);
      expect(() => decodeModel(longer, 'a'), `${extra} bytes more`).toThrow(InputError);
    }
  });

  test('names the file in messages about damage', () => {
    const file = encodeModel(smallModel());
    file[file.length - 1]! ^= 1;
    expect(() => decodeModel(file, 'runs/a/model.safetensors')).toThrow(
      refusal(/^runs\/a\/model\.safetensors: is damaged: its checksum is [0-9a-f]{8}, expected "/),
    );
    const foreign = encodeSafetensors(new Map(), { format: 'pt' });
    expect(() => decodeModel(foreign, 'a')).toThrow(
      refusal('a: is not a model of fiducial, or its first bytes are damaged'),
    );
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ fiducial: '2' }, /^a: has version 2 of the model format, expected 1$/],
    [{ engine: '"gpu"' }, /^a, engine: /],
    [{ network: '{"input":[1]}' }, /^a, network, layers: /],
    [{ schema: '{}' }, /^a, schema, points: /],
    [{ scaling: '{"imageDivisor":0}' }, /^a, scaling, imageDivisor: /],
    [{ card: '{"licence":1}' }, /^a, card, licence: /],
    [{ card: '{"licence":"","provenance":{}}' }, /^a, card, provenance\.data: /],
    [{ training: '[' }, /^a, training: is not JSON/],
    [
      { network: JSON.stringify(network([16], [dense(4, { name: 'dense1' })])) },
      /^a: the parameter dense1\.weight has shape \[4, 8\], expected \[4, 16\]$/,
    ],
  ])('is refused with the metadata %j', (change, message) => {
    expect(() => decodeModel(rewritten(change), 'a')).toThrow(refusal(message));
  });
});

describe('encodeModel refuses', () => {
  const encodeWith = (change: (parameters: Map<string, Float32Array>) => void): void => {
    const model = smallModel();
    const parameters = new Map(model.parameters);
    change(parameters);
    encodeModel({ ...model, parameters });
  };

  test('a missing, an extra and a misshapen parameter', () => {
    expect(() => encodeWith((parameters) => parameters.delete('conv1.bias'))).toThrow(
      refusal('model: the parameter conv1.bias of shape [2] is missing'),
    );
    expect(() => encodeWith((parameters) => parameters.set('b', new Float32Array(3)))).toThrow(
      refusal('model: the network has no parameter b, given with shape [3]'),
    );
    expect(() =>
      encodeWith((parameters) => parameters.set('dense1.weight', new Float32Array(3))),
    ).toThrow(refusal('model: the parameter dense1.weight has shape [3], expected [4, 8]'));
  });

  test('a schema that does not fit the network', () => {
    const model = smallModel();
    const schema = { ...model.schema, side: 5 };
    expect(() => encodeModel({ ...model, schema })).toThrow(
      refusal('model: the network takes [1, 4, 4], but the images have 5 x 5 pixels'),
    );
    const points = ['nose'];
    expect(() => encodeModel({ ...model, schema: { ...model.schema, points } })).toThrow(
      refusal('model: the network gives [4], expected x and y of 1 points'),
    );
  });
});

test('a model of the size of net2 is sealed and read within a second', () => {
  const spec = network([16], [dense(500_000), dense(2)]);
  const model: Model = {
    ...smallModel(),
    network: spec,
    schema: { points: ['nose'], side: 4, channels: 1, mirrorPairs: [] },
    meanPoints: undefined,
    parameters: new Map(
      parameterInfos(spec).map(({ name, shape }) => [
        name,
        new Float32Array(sizeOf(shape)).fill(1),
      ]),
    ),
  };
  const file = encodeModel(model);
  expect(file.length).toBeGreaterThan(33_000_000);
  const start = performance.now();
  decodeModel(file, 'a');
  expect(performance.now() - start).toBeLessThan(1000);
});
