import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomStream } from '../random.ts';
import {
  convolve,
  convolveChannels,
  leakyRelu,
  type Maps,
  maxPool,
  packFilters,
} from './layers.ts';

const shape = fc.record({
  height: fc.integer({ min: 3, max: 8 }),
  width: fc.integer({ min: 3, max: 8 }),
  channels: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(),
});
const drawn = (count: number, seed: number, name: string): Float32Array => {
  const random = randomStream(seed, name);
  return Float32Array.from({ length: count }, () => random.between(-1, 1));
};
const mapsOf = (height: number, width: number, channels: number, seed: number): Maps => {
  return { height, width, channels, values: drawn(height * width * channels, seed, 'maps') };
};
/** A value of maps, or what stands around them. */
const at = (maps: Maps, y: number, x: number, channel: number, around: number): number =>
  y < 0 || x < 0 || y >= maps.height || x >= maps.width
    ? around
    : maps.values[(y * maps.width + x) * maps.channels + channel]!;
const sum = (count: number, term: (i: number) => number): number =>
  Array.from({ length: count }, (_, i) => term(i)).reduce((total, value) => total + value, 0);

/** Compares maps with a formula for each of their values. */
function expectMaps(
  maps: Maps,
  [height, width, channels]: readonly [number, number, number],
  formula: (y: number, x: number, channel: number) => number,
): void {
  expect([maps.height, maps.width]).toEqual([height, width]);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < channels; k++) {
        expect(at(maps, y, x, k, Number.NaN)).toBeCloseTo(formula(y, x, k), 4);
      }
    }
  }
}

test('a convolution is a sum over windows; filters are filled up by zeros', () => {
  const filterCount = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(shape, filterCount, fc.constantFrom(1, 3), (sizes, filters, kernel) => {
      const { height, width, channels, seed } = sizes;
      const maps = mapsOf(height, width, channels, seed);
      const weights = drawn(kernel * kernel * channels * filters, seed, 'weights');
      const bias = drawn(filters, seed, 'bias');
      const out = convolve(maps, packFilters(kernel, weights, bias));
      expect(out.channels).toBe(Math.ceil(filters / 4) * 4);
      const expected = [height - kernel + 1, width - kernel + 1, out.channels] as const;
      expectMaps(out, expected, (y, x, k) =>
        k >= filters
          ? 0
          : bias[k]! +
            sum(kernel * kernel * channels, (tap) => {
              const place = Math.floor(tap / channels);
              const [i, j] = [Math.floor(place / kernel), place % kernel];
              return at(maps, y + i, x + j, tap % channels, 0) * weights[tap * filters + k]!;
            }),
      );
    }),
    { numRuns: 40 },
  );
});

test('a convolution of each channel on its own has zeros around the maps', () => {
  fc.assert(
    fc.property(shape, ({ height, width, channels, seed }) => {
      const maps = mapsOf(height, width, channels, seed);
      const filters = drawn(9 * channels, seed, 'filters');
      expectMaps(convolveChannels(maps, filters), [height, width, channels], (y, x, k) =>
        sum(9, (tap) => {
          const [i, j] = [Math.floor(tap / 3), tap % 3];
          return at(maps, y + i - 1, x + j - 1, k, 0) * filters[tap * channels + k]!;
        }),
      );
    }),
    { numRuns: 40 },
  );
});

test('pooling takes the largest of each block, also of those that are cut off at the edge', () => {
  fc.assert(
    fc.property(shape, fc.constantFrom(1 as const, 2 as const), (sizes, stride) => {
      const { height, width, channels, seed } = sizes;
      const maps = mapsOf(height, width, channels, seed);
      const expected = [Math.ceil(height / stride), Math.ceil(width / stride), channels] as const;
      expectMaps(maxPool(maps, stride), expected, (y, x, k) =>
        Math.max(
          ...[0, 1, 2, 3].map((i) =>
            at(maps, y * stride + (i >> 1), x * stride + (i & 1), k, Number.NEGATIVE_INFINITY),
          ),
        ),
      );
    }),
    { numRuns: 40 },
  );
});

test('a leaky ReLU lets a tenth of what is negative pass', () => {
  const values = Float32Array.of(-2, 0, 3);
  expect([...leakyRelu({ height: 1, width: 3, channels: 1, values }).values]).toEqual([
    Math.fround(-0.2),
    0,
    3,
  ]);
});
