import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Augmentation, FillMode } from '../data/augmentation.ts';
import { mirrorImage, mirrorLabels, mirrorPartners } from '../data/mirror.ts';
import {
  type CutoutBox,
  drawTransforms,
  type RowTransform,
  type Tone,
} from '../data/row-transform.ts';
import type { Standardisation } from '../data/scaling.ts';
import { keypointSchema } from '../data/schema.ts';
import { initialise } from '../nn/initialise.ts';
import { conv2d, dense, flatten, maxPool2d, relu } from '../nn/layers.ts';
import { maskedMeanSquaredError, softmaxCrossEntropy } from '../nn/loss.ts';
import { network, sizeOf } from '../nn/network.ts';
import { nesterov } from '../nn/rule.ts';
import { randomStream } from '../random.ts';
import { CompiledNetwork } from './compiled-network.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { moved, standardised, transformLabels, transformMaps } from './reference/transform.ts';
import { seenRows, type ViewerOptions } from './seen.ts';
import type { Seen } from './step-table.ts';

const MODES: readonly FillMode[] = ['nearest', 'constant', 'reflect', 'wrap'];
const SETTINGS = { learningRate: 0.01, momentum: 0.9 };

const IDENTITY: RowTransform = { matrix: [1, 0, 0, 1], shift: [0, 0], channelShift: 0 };
const MIRROR: RowTransform = { ...IDENTITY, matrix: [-1, 0, 0, 1] };
const UPSIDE_DOWN: RowTransform = { ...IDENTITY, matrix: [1, 0, 0, -1] };

const NEUTRAL: Tone = { contrast: 1, brightness: 1, gamma: 1 };

const BOX: CutoutBox = { left: -0.5, top: -0.5, right: 0.5, bottom: 0, grey: 'mean' };

const counting = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start({ build: 'plain', threads: 2 });
});
afterAll(() => engine.close());

/** What a network sees of one batch. */
const seen = (
  shape: readonly [number, number, number],
  inputs: Uint8Array | Float32Array,
  targets: Float32Array,
  transforms: readonly RowTransform[] | undefined,
  options: Partial<ViewerOptions> = {},
): Promise<Seen> => seenRows(engine, shape, inputs, targets, transforms, options);

const shapes = fc.tuple(
  fc.integer({ min: 1, max: 3 }),
  fc.integer({ min: 1, max: 13 }),
  fc.integer({ min: 1, max: 13 }),
);

/** Anything from a mirror to a picture of half or three times the size that lies far beside itself. */
const transforms: fc.Arbitrary<RowTransform> = fc
  .record({
    matrix: fc.tuple(entry(), entry(), entry(), entry()),
    shift: fc.tuple(entry(), entry()),
    channelShift: fc.oneof(fc.constant(0), fc.double({ min: -0.5, max: 0.5, noNaN: true })),
    tone: fc.record({ contrast: factor(), brightness: factor(), gamma: factor() }),
    ...distortions(),
  })
  .filter(({ matrix: [xx, xy, yx, yy] }) => Math.abs(xx * yy - xy * yx) > 0.2);

function entry(): fc.Arbitrary<number> {
  return fc.oneof(fc.constantFrom(-1, 0, 1), fc.double({ min: -3, max: 3, noNaN: true }));
}

function distortions() {
  const below = (max: number) => fc.double({ min: 0, max, noNaN: true });
  const key = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const edge = fc.double({ min: -1.5, max: 1.5, noNaN: true });
  const box = fc.record({
    ...{ left: edge, top: edge, right: edge, bottom: edge },
    grey: fc.oneof(fc.constant('mean' as const), below(1)),
  });
  return {
    elastic: optional(fc.record({ share: below(1 / 16), key })),
    noise: optional(fc.record({ deviation: below(0.5), key })),
    boxes: optional(fc.array(box, { maxLength: 4 })),
  };
}

function optional<T>(values: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.option(values, { nil: undefined }) as fc.Arbitrary<T>;
}

function factor(): fc.Arbitrary<number> {
  return fc.oneof(fc.constant(1), fc.double({ min: 0.1, max: 3, noNaN: true }));
}

/** Of pictures of up to three channels. */
const standardisations: fc.Arbitrary<Standardisation | undefined> = fc.option(
  fc.record({
    samplewiseCenter: fc.boolean(),
    samplewiseDeviation: fc.boolean(),
    mean: fc.tuple(mean(), mean(), mean()),
    deviation: fc.tuple(deviation(), deviation(), deviation()),
  }),
  { nil: undefined },
);

function mean(): fc.Arbitrary<number> {
  return fc.constantFrom(0, 0.4375, 0.625);
}

function deviation(): fc.Arbitrary<number> {
  return fc.constantFrom(1, 0.25, 0.75);
}

/** Largest difference, as a share of the largest value. */
function difference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [largest, worst] = [1, 0];
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    worst = Math.max(worst, Math.abs(found[i]! - expected[i]!));
  }
  return found.length === expected.length ? worst / largest : Number.NaN;
}

describe('what the network sees equals the reference', () => {
  test.each(MODES)('beyond the edge: %s', async (mode) => {
    const places = randomStream(3, mode);
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.array(transforms, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        standardisations,
        fc.constantFrom('keep', 'missing'),
        async (shape, drawn, bytes, scales, outsidePoints) => {
          const size = sizeOf(shape);
          // Only bytes have tones.
          const chosen = bytes ? drawn : drawn.map(({ tone, ...rest }) => rest);
          const standardisation = scales && {
            ...scales,
            mean: scales.mean.slice(0, shape[0]),
            deviation: scales.deviation.slice(0, shape[0]),
          };
          const values = Float32Array.from({ length: chosen.length * size }, () =>
            bytes ? places.below(256) : places.normal(),
          );
          const labels = Float32Array.from({ length: chosen.length * 6 }, () =>
            places.between(-1, 1),
          );
          const fill = { mode, value: 0.75 };
          const partners = Uint32Array.of(1, 0, 2);
          const { inputs, targets } = await seen(
            shape,
            bytes ? Uint8Array.from(values) : values,
            labels,
            chosen,
            { fill, mirrorPartners: partners, standardisation, outsidePoints },
          );
          chosen.forEach((transform, row) => {
            const image = values.subarray(row * size, (row + 1) * size);
            const white = bytes ? image.map((value) => value / 255) : image;
            const maps = transformMaps(white, shape, transform, fill);
            // A picture of one grey alone is divided by nothing but the 1e-6, and so is its rounding.
            const flat = standardisation?.samplewiseDeviation && new Set(maps).size === 1;
            const expected = standardisation ? standardised(maps, standardisation) : maps;
            const found = inputs.subarray(row * size, (row + 1) * size);
            if (!flat) expect(difference(found, expected)).toBeLessThan(2e-5);
            const row6 = [row * 6, (row + 1) * 6] as const;
            const wanted = transformLabels(labels.subarray(...row6), transform, partners);
            const shown = targets.subarray(...row6);
            for (let i = 0; i < 6; i += 2) {
              const place = wanted.slice(i, i + 2);
              const outside = Math.max(...place.map(Math.abs)) > 1;
              if (outsidePoints === 'missing' && outside) place.fill(Number.NaN);
              const close = [expect.closeTo(place[0]!, 5), expect.closeTo(place[1]!, 5)];
              expect([...shown.subarray(i, i + 2)]).toEqual(Number.isNaN(place[0]) ? place : close);
            }
          });
        },
      ),
      { numRuns: 60, seed: 4 },
    );
  });

  test('over two steps and a smaller last batch, every row has its own transform', async () => {
    const start = engine.nextAddress;
    const net = network([1, 3, 3], [flatten(), dense(2)]);
    const compiled = await CompiledNetwork.create(engine, net, {
      ...{ batch: 3, loss: maskedMeanSquaredError(), rule: nesterov(), seed: 0 },
      mirrorPartners: Uint32Array.of(0),
    });
    const data = await compiled.load(new Uint8Array(45), new Float32Array(10).fill(0.5));
    // Without weights the loss is the mean of the squares of the targets.
    const [first, second] = await compiled.train(data, [
      { order: Uint32Array.of(0, 1, 2), learningRate: 0, momentum: 0 },
      {
        order: Uint32Array.of(3, 4),
        transforms: [{ ...IDENTITY, shift: [1, 0] }, MIRROR],
        ...{ learningRate: 0, momentum: 0 },
      },
    ]);
    expect(first).toEqual({ sum: 6 / 4, squares: 6 / 4, count: 6 });
    expect(second).toEqual({ sum: 9 / 4 + 3 / 4, squares: 9 / 4 + 3 / 4, count: 4 });
    // The transforms of the step before are forgotten.
    expect(await compiled.evaluate(data, counting(5))).toEqual({
      sum: 10 / 4,
      squares: 10 / 4,
      count: 10,
    });
    engine.release(start);
  });
});

describe('flips are copies', () => {
  const SIDE = 13;
  const schema = keypointSchema(['left_eye', 'right_eye', 'nose'], SIDE);
  const random = randomStream(8, 'flips');
  const image = Uint8Array.from({ length: SIDE ** 2 }, () => random.below(256));
  const scaled = (labels: Float32Array): Float32Array =>
    labels.map((value) => (value - SIDE / 2) / (SIDE / 2));
  // Eighths of a pixel: subtracting from the side loses no bit.
  const labels = Float32Array.from({ length: 6 }, () => random.below(8 * SIDE) / 8);
  labels[3] = Number.NaN;
  const pixels = (bytes: Uint8Array): Float32Array =>
    Float32Array.from(bytes, (grey) => Math.fround(grey / 255));
  const options = { mirrorPartners: mirrorPartners(schema) };
  const look = (transform: RowTransform): Promise<Seen> =>
    seen([1, SIDE, SIDE], image, scaled(labels), [transform], options);

  test('the identity changes no bit', async () => {
    expect(await look(IDENTITY)).toEqual({ inputs: pixels(image), targets: scaled(labels) });
  });

  test('a mirror gives the bits of mirrorImage and mirrorLabels', async () => {
    expect(await look(MIRROR)).toEqual({
      inputs: pixels(mirrorImage(image, SIDE)),
      targets: scaled(mirrorLabels(labels, schema)),
    });
  });

  test('upside down, left and right change names as well; turned by 180 degrees they do not', async () => {
    const upsideDown = await look(UPSIDE_DOWN);
    const lines = Array.from({ length: SIDE }, (_, y) => image.subarray(y * SIDE, (y + 1) * SIDE));
    expect(upsideDown.inputs).toEqual(
      pixels(Uint8Array.from(lines.reverse().flatMap((l) => [...l]))),
    );
    const [ax, ay, bx, by, cx, cy] = scaled(labels);
    expect([...upsideDown.targets]).toEqual([bx, -by!, ax, -ay!, cx, -cy!]);
    const turned = await look({ ...IDENTITY, matrix: [-1, 0, 0, -1] });
    expect(turned.inputs).toEqual(pixels(image.toReversed()));
    expect([...turned.targets]).toEqual([ax, ay, bx, by, cx, cy].map((value) => -value!));
  });

  test('of pictures in red, green and blue, each plane like a grey picture', async () => {
    const planes = Uint8Array.from({ length: 3 * SIDE ** 2 }, () => random.below(256));
    const { inputs } = await seen([3, SIDE, SIDE], planes, scaled(labels), [MIRROR], options);
    expect(inputs).toEqual(pixels(mirrorImage(planes, SIDE)));
  });

  test('of float maps with several channels', async () => {
    const maps = Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => i);
    const { inputs } = await seen([2, 3, 4], maps, new Float32Array(2), [MIRROR], {
      mirrorPartners: Uint32Array.of(0),
    });
    const lines = Array.from({ length: 6 }, (_, y) => maps.subarray(y * 4, y * 4 + 4).toReversed());
    expect([...inputs]).toEqual(lines.flatMap((line) => [...line]));
  });
});

describe('labels', () => {
  // The bent dots are smaller: where a dot is bent, its centre of mass is not quite its middle.
  const everywhere: Augmentation = {
    ...{ flip_half: true, vertical_flip: true, rotation_range: 180, shear_range: 20 },
    ...{ width_shift_range: 0.1, height_shift_range: 0.1, zoom_range: 0.2 },
  };
  test.each<[string, Augmentation, { side: number; size: number; tolerance: number }]>([
    ['moved', everywhere, { side: 40, size: 6, tolerance: 0.02 }],
    ['bent', { elastic_range: 0.03 }, { side: 96, size: 2, tolerance: 0.05 }],
  ])('lie on what was drawn there: %s', async (_, augmentation, { side, size, tolerance }) => {
    const [width, height] = [side, side];
    const rows = 24;
    const random = randomStream(2, 'blobs');
    const labels = Float32Array.from({ length: 2 * rows }, () => random.between(-0.35, 0.35));
    const images = new Float32Array(rows * width * height);
    for (let row = 0; row < rows; row++) {
      const x = ((labels[2 * row]! + 1) * width) / 2;
      const y = ((labels[2 * row + 1]! + 1) * height) / 2;
      for (let i = 0; i < width * height; i++) {
        const distance = ((i % width) + 0.5 - x) ** 2 + (Math.floor(i / width) + 0.5 - y) ** 2;
        images[row * width * height + i] = Math.exp(-distance / size);
      }
    }
    const drawn = drawTransforms(augmentation, { seed: 1, step: 0, rows });
    const { inputs, targets } = await seen([1, height, width], images, labels, drawn, {
      ...{ fill: { mode: 'constant', value: 0 }, mirrorPartners: Uint32Array.of(0) },
    });
    for (let row = 0; row < rows; row++) {
      let [sum, x, y] = [0, 0, 0];
      for (let i = 0; i < width * height; i++) {
        const value = inputs[row * width * height + i]!;
        sum += value;
        x += value * ((i % width) + 0.5);
        y += value * (Math.floor(i / width) + 0.5);
      }
      const pixels = [0, 1].map((axis) => ((targets[2 * row + axis]! + 1) * width) / 2);
      expect(Math.abs(x / sum - pixels[0]!), `row ${row}, x`).toBeLessThan(tolerance);
      expect(Math.abs(y / sum - pixels[1]!), `row ${row}, y`).toBeLessThan(tolerance);
    }
  });

  // Between pixels a ramp is exact, so the ramps seen tell at every place where it was before.
  test.each<[string, Augmentation]>([
    ['moved', { ...everywhere, scale_range: 0.2 }],
    ['bent as far as can be', { elastic_range: 1 / 16 }],
    ['moved and bent', { ...everywhere, scale_range: 0.2, elastic_range: 1 / 16 }],
  ])('lie where ramps show their coordinates: %s', async (_, augmentation) => {
    const [side, rows, points] = [96, 16, 20];
    const random = randomStream(2, 'places');
    const labels = Float32Array.from({ length: 2 * points * rows }, () =>
      random.between(-0.3, 0.3),
    );
    const ramps = Float32Array.from({ length: rows * 2 * side ** 2 }, (_, i) => {
      const along = Math.floor(i / side ** 2) % 2 ? Math.floor(i / side) % side : i % side;
      return (2 * (along + 0.5)) / side - 1;
    });
    const drawn = drawTransforms(augmentation, { seed: 2, step: 0, rows })!;
    const { inputs, targets } = await seen([2, side, side], ramps, labels, drawn, {
      mirrorPartners: counting(points),
    });
    const pixels = (scaled: number): number => ((scaled + 1) * side) / 2;
    let worst = 0;
    for (let i = 0; i < targets.length; i++) {
      const point = 2 * (i >> 1);
      const [column, line] = [targets[point]!, targets[point + 1]!].map((at) => pixels(at) - 0.5);
      const plane = (Math.floor(i / (2 * points)) * 2 + (i % 2)) * side ** 2;
      const [left, top] = [Math.floor(column!), Math.floor(line!)];
      const value = (x: number, y: number): number => inputs[plane + y * side + x]!;
      const [right, below] = [column! - left, line! - top];
      const above = value(left, top) * (1 - right) + value(left + 1, top) * right;
      const beneath = value(left, top + 1) * (1 - right) + value(left + 1, top + 1) * right;
      const found = above * (1 - below) + beneath * below;
      worst = Math.max(worst, Math.abs(pixels(found) - pixels(labels[i]!)));
    }
    expect(worst).toBeLessThan(0.02);
  });

  test('that leave the picture keep their coordinates', async () => {
    const far: RowTransform = { ...IDENTITY, shift: [2.5, -4] };
    const { targets } = await seen([1, 5, 5], new Uint8Array(25), Float32Array.of(0.5, 0.25), [
      far,
    ]);
    expect([...targets]).toEqual([3, -3.75]);
  });

  test('of which one coordinate is missing lose the other where it depends on it', async () => {
    const rotated: RowTransform = { ...IDENTITY, matrix: [0.8, -0.6, 0.6, 0.8] };
    const sheared: RowTransform = { ...IDENTITY, matrix: [1, 0, 0.5, 1] };
    const half = Float32Array.of(0.5, Number.NaN);
    const look = async (transform: RowTransform): Promise<number[]> => [
      ...(await seen([1, 5, 5], new Uint8Array(25), half, [transform])).targets,
    ];
    expect(await look(rotated)).toEqual([Number.NaN, Number.NaN]);
    expect(await look(sheared)).toEqual([0.5, Number.NaN]);
    expect(moved(sheared, [0.5, 1])).toEqual([0.5, 1.25]);
  });

  test('of bent pictures are missing as a whole', async () => {
    const bent: RowTransform = { ...IDENTITY, elastic: { share: 0.05, key: 3 } };
    const labels = Float32Array.of(0.5, Number.NaN, 0.5, 0.25);
    const { targets } = await seen([1, 5, 5], new Uint8Array(25), labels, [bent]);
    expect([...targets]).toEqual([Number.NaN, Number.NaN, expect.any(Number), expect.any(Number)]);
    expect(targets[2]).not.toBe(0.5);
    expect(Math.abs(targets[2]! - 0.5)).toBeLessThan(0.1);
  });

  test('that leave the picture become missing where that is asked for', async () => {
    const right: RowTransform = { ...IDENTITY, shift: [0.5, 0] };
    const labels = Float32Array.of(0.75, 0, 0.5, 0, 0.25, 0);
    const look = (outsidePoints: 'keep' | 'missing') =>
      seen([1, 5, 5], new Uint8Array(25), labels, [right], { outsidePoints });
    expect([...(await look('keep')).targets]).toEqual([1.25, 0, 1, 0, 0.75, 0]);
    const missing = [Number.NaN, Number.NaN, 1, 0, 0.75, 0];
    expect([...(await look('missing')).targets]).toEqual(missing);
  });

  test('under a box that is cut out stay', async () => {
    const boxes = [{ left: -1, top: -1, right: 1, bottom: 1, grey: 0.25 }];
    const { inputs, targets } = await seen(
      [1, 5, 5],
      new Uint8Array(25),
      Float32Array.of(0.5, 0.5),
      [{ ...IDENTITY, boxes }],
      { outsidePoints: 'missing' },
    );
    expect([...targets]).toEqual([0.5, 0.5]);
    expect([...inputs]).toEqual(new Array(25).fill(0.25));
  });

  test('that are classes stay as they are', async () => {
    const classes = Float32Array.of(3, 0);
    const { targets } = await seen(
      [1, 5, 5],
      new Uint8Array(50),
      classes,
      [MIRROR, { ...IDENTITY, matrix: [2, 1, 0, 3] }],
      { loss: softmaxCrossEntropy(), outputs: 4 },
    );
    expect(targets).toEqual(classes);
  });
});

describe('tones', () => {
  const greys = Uint8Array.from({ length: 256 }, (_, grey) => grey);
  const look = async (shape: readonly [number, number, number], tone: Partial<Tone>) =>
    (
      await seen(shape, greys, new Float32Array(2), [
        { ...IDENTITY, tone: { ...NEUTRAL, ...tone } },
      ])
    ).inputs;

  test('of an exponent below 1 brighten shadows; black and white stay', async () => {
    const found = await look([1, 16, 16], { gamma: 0.5 });
    expect([found[0], found[64], found[255]]).toEqual([0, Math.fround(Math.sqrt(64 / 255)), 1]);
  });

  test('spread about the mean, then become brighter, up to white', async () => {
    const found = await look([1, 16, 16], { contrast: 2, brightness: 1.5 });
    // The mean is 127.5.
    const expected = Array.from(greys, (grey) => (1.5 * (127.5 + 2 * (grey - 127.5))) / 255);
    expect(
      difference(
        found,
        expected.map((v) => Math.min(Math.max(v, 0), 1)),
      ),
    ).toBeLessThan(1e-7);
  });

  test('of colours change alike, about the mean of all', async () => {
    const tone = { contrast: 0.5, brightness: 0.9, gamma: 1.2 };
    expect(await look([4, 8, 8], tone)).toEqual(await look([1, 16, 16], tone));
  });
});

test('noise is nearly normal, and different in every row', async () => {
  const grey = new Uint8Array(2 * 96 * 96).fill(128);
  const noise = { deviation: 0.1, key: 5 };
  const { inputs } = await seen([1, 96, 96], grey, new Float32Array(4), [
    { ...IDENTITY, noise },
    { ...IDENTITY, noise: { ...noise, key: 6 } },
  ]);
  const added = inputs.map((value) => (value - 128 / 255) / 0.1);
  const share = (limit: number) => added.filter((z) => Math.abs(z) < limit).length / added.length;
  const moment = (n: number) => added.reduce((sum, z) => sum + z ** n, 0) / added.length;
  expect(Math.abs(moment(1))).toBeLessThan(0.03);
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.04);
  // 0.683 and 0.954 of a normal distribution.
  expect(Math.abs(share(1) - 0.68)).toBeLessThan(0.03);
  expect(Math.abs(share(2) - 0.955)).toBeLessThan(0.01);
  const [one, other] = [added.subarray(0, 9216), added.subarray(9216)];
  const together = one.reduce((sum, z, i) => sum + z * other[i]!, 0) / 9216;
  expect(Math.abs(together)).toBeLessThan(0.05);
});

describe('a picture of one grey', () => {
  const GREY: Standardisation = {
    ...{ samplewiseCenter: true, samplewiseDeviation: true, mean: [0], deviation: [1] },
  };

  test('is zero once it is centred and scaled', async () => {
    const { inputs } = await seen(
      [1, 9, 7],
      new Uint8Array(63).fill(77),
      new Float32Array(2),
      [IDENTITY],
      { standardisation: GREY },
    );
    expect(Math.max(...inputs.map(Math.abs))).toBeLessThan(1e-9);
  });

  test('cannot become brighter', async () => {
    const brighter = { ...IDENTITY, channelShift: 0.5 };
    const image = new Float32Array(20).fill(0.25);
    expect((await seen([1, 4, 5], image, new Float32Array(2), [brighter])).inputs).toEqual(image);
  });
});

test('measuring and predicting see pictures as training does', async () => {
  const start = engine.nextAddress;
  const random = randomStream(5, 'pictures');
  const images = Uint8Array.from({ length: 6 * 25 }, () => random.below(200));
  const net = network([1, 5, 5], [flatten(), dense(25)]);
  const standardisation: Standardisation = {
    ...{ samplewiseCenter: true, samplewiseDeviation: false, mean: [0.125], deviation: [0.5] },
  };
  const compiled = await CompiledNetwork.create(engine, net, {
    ...{ batch: 4, loss: maskedMeanSquaredError(), rule: nesterov(), seed: 0, standardisation },
  });
  // Every output is one pixel.
  const weight = new Float32Array(625);
  for (let i = 0; i < 25; i++) weight[i * 26] = 1;
  await compiled.setParameters(
    new Map([
      ['dense1.weight', weight],
      ['dense1.bias', new Float32Array(25)],
    ]),
  );
  const white = Float64Array.from(images, (grey) => grey / 255);
  const expected = Array.from({ length: 6 }, (_, row) => [
    ...standardised(white.subarray(row * 25, row * 25 + 25), standardisation),
  ]).flat();
  const data = await compiled.load(images, Float32Array.from(expected));
  expect(difference(await compiled.predict(data, counting(6)), expected)).toBeLessThan(1e-6);
  const { sum, count } = await compiled.evaluate(data, counting(6));
  expect(count).toBe(150);
  expect(sum).toBeLessThan(1e-9);
  const [loss] = await compiled.train(data, [{ order: counting(4), ...SETTINGS }]);
  expect(loss!.sum).toBeLessThan(1e-9);
  engine.release(start);
});

describe('what cannot be carried out is refused', () => {
  const refuse = (transforms: readonly RowTransform[], options?: Partial<ViewerOptions>) =>
    seen([1, 3, 3], new Uint8Array(18), new Float32Array(8), transforms, options);

  test.each<[string, readonly RowTransform[], string]>([
    ['too few', [IDENTITY], '1 transforms for a batch of 2 rows'],
    ['a line', [IDENTITY, { ...IDENTITY, matrix: [1, 2, 2, 4] }], 'row 1 of a batch'],
    ['nothing', [{ ...IDENTITY, matrix: [0, 0, 0, 0] }, IDENTITY], 'row 0 of a batch'],
    ['next to nothing', [{ ...IDENTITY, matrix: [1e-4, 0, 0, 1] }, IDENTITY], 'row 0 of a batch'],
    ['no number', [IDENTITY, { ...IDENTITY, shift: [Number.NaN, 0] }], 'row 1 of a batch'],
    ['too far', [{ ...IDENTITY, shift: [0, -1001] }, IDENTITY], 'row 0 of a batch'],
    ['no end', [IDENTITY, { ...IDENTITY, shift: [0, Infinity] }], 'row 1 of a batch'],
    ['no tone', [IDENTITY, { ...IDENTITY, tone: { ...NEUTRAL, gamma: Infinity } }], 'row 1 of a'],
    ['folds', [{ ...IDENTITY, elastic: { share: 0.07, key: 0 } }, IDENTITY], 'row 0 of a batch'],
    ['endless noise', [{ ...IDENTITY, noise: { deviation: NaN, key: 0 } }, IDENTITY], 'row 0 of a'],
    ['five boxes', [IDENTITY, { ...IDENTITY, boxes: new Array(5).fill(BOX) }], 'row 1 of a batch'],
    ['a mirror without names', [MIRROR, IDENTITY], 'has no mirror partners'],
  ])('%s', async (_, transforms, message) => {
    await expect(refuse(transforms)).rejects.toThrow(message);
  });

  test('tones of maps that are not bytes', async () => {
    const toned = { ...IDENTITY, tone: { ...NEUTRAL, contrast: 2 } };
    const look = seen([1, 3, 3], new Float32Array(9), new Float32Array(4), [toned]);
    await expect(look).rejects.toThrow('only pictures in bytes');
  });

  test('a standardisation of other channels', async () => {
    const standardisation = {
      ...{ samplewiseCenter: false, samplewiseDeviation: false, mean: [0, 0, 0] },
      deviation: [1, 1, 1],
    };
    await expect(refuse([IDENTITY, IDENTITY], { standardisation })).rejects.toThrow(
      'a standardisation of 3 channels, the input has 1',
    );
  });

  test('mirror partners of other points', async () => {
    await expect(refuse([MIRROR, MIRROR], { mirrorPartners: Uint32Array.of(0) })).rejects.toThrow(
      'mirror partners of 1 points, there are 2',
    );
  });
});

describe.each([
  ['plain', 1],
  ['relaxed', 1],
  ['plain', 3],
  ['relaxed', 3],
] as const)('%s build, channels %i: the same bits', (build, channels) => {
  const net = network(
    [channels, 24, 24],
    [conv2d(5, 3), relu(), maxPool2d(), conv2d(6, 2), relu(), flatten(), dense(6)],
  );
  const outcome = async (options: EngineOptions): Promise<unknown> => {
    const own = await Engine.start({ ...options, build });
    try {
      const compiled = await CompiledNetwork.create(own, net, {
        ...{ batch: 16, loss: maskedMeanSquaredError(), rule: nesterov(), seed: 0 },
        mirrorPartners: Uint32Array.of(1, 0, 2),
        fill: { mode: 'reflect', value: 0 },
        outsidePoints: 'missing',
        standardisation: {
          ...{ samplewiseCenter: true, samplewiseDeviation: true },
          mean: [0.1, 0.2, 0.3].slice(0, channels),
          deviation: [0.9, 0.8, 0.7].slice(0, channels),
        },
      });
      await compiled.setParameters(initialise(net, { seed: 3 }));
      const random = randomStream(9, 'data');
      const images = Uint8Array.from({ length: 40 * sizeOf(net.input) }, () => random.below(256));
      const labels = Float32Array.from({ length: 240 }, () => random.between(-1, 1));
      const data = await compiled.load(images, labels);
      const losses = await compiled.train(
        data,
        [16, 16, 8, 16, 16, 8].map((rows, step) => ({
          order: counting(rows).map((row) => row + 16 * (step % 3)),
          transforms: drawTransforms(
            {
              ...{ flip_half: true, rotation_range: 30, zoom_range: 0.3, channel_shift_range: 0.2 },
              ...{ scale_range: 0.2, contrast_range: 0.3, brightness_range: 0.2, gamma_range: 0.3 },
              ...{ elastic_range: 0.03, noise_std: 0.1, cutout: 0.4, cutout_boxes: 2 },
              distortion_probability: 0.7,
            },
            { seed: 1, step, rows },
          ),
          ...SETTINGS,
        })),
      );
      return { losses, parameters: await compiled.parameters() };
    } finally {
      await own.close();
    }
  };
  const alone = outcome({ threads: 1 });

  test.each<EngineOptions>([{ threads: 2 }, { threads: 3 }, { shared: false }])(
    '%o',
    async (options) => {
      expect(await outcome(options)).toEqual(await alone);
    },
  );
});

test('both builds see the same bits', async () => {
  const augmentation: Augmentation = {
    ...{ flip_half: true, rotation_range: 30, zoom_range: 0.3, channel_shift_range: 0.2 },
    ...{ scale_range: 0.2, contrast_range: 0.3, brightness_range: 0.2, gamma_range: 0.3 },
    ...{
      elastic_range: 0.05,
      noise_std: 0.1,
      cutout: 0.5,
      cutout_boxes: 3,
      samplewise_center: true,
    },
  };
  const random = randomStream(4, 'pictures');
  const images = Uint8Array.from({ length: 8 * 27 * 27 }, () => random.below(256));
  const labels = Float32Array.from({ length: 8 * 6 }, () => random.between(-1, 1));
  const drawn = drawTransforms(augmentation, { seed: 3, step: 0, rows: 8 });
  const options = { mirrorPartners: Uint32Array.of(1, 0, 2) };
  const plain = await seen([1, 27, 27], images, labels, drawn, options);
  const own = engine;
  engine = await Engine.start({ build: 'relaxed', threads: 1 });
  try {
    expect(await seen([1, 27, 27], images, labels, drawn, options)).toEqual(plain);
  } finally {
    await engine.close();
    engine = own;
  }
});
