import { describe, expect, test } from 'vitest';
import { streamKey, threefry2x32 } from '../../random.ts';
import { dropoutMask } from './dropout.ts';

const STEP = { seed: 9, step: 12 };

/** The four numbers of 16 bits of a group, for layer 3. */
function numbersOf(group: number): number[] {
  const words = threefry2x32([9, streamKey('dropout/3/12')], [group, 0]);
  return words.flatMap((word) => [word & 0xffff, word >>> 16]);
}

const factors = (numbers: readonly number[], threshold: number, rate: number): number[] =>
  numbers.map((number) => (number >= threshold ? 1 / (1 - rate) : 0));

test('in a vector four neighbours share a number', () => {
  const rows = [0, 1].map((row) =>
    [0, 1, 2].flatMap((group) => numbersOf(3 * row + group)).slice(0, 10),
  );
  expect([...dropoutMask(0.3, 3, STEP, 2, [10])]).toEqual(factors(rows.flat(), 19661, 0.3));
});

test('in a map four channels of one place share a number', () => {
  const [channels, area] = [6, 4 * 3];
  const mask = dropoutMask(0.5, 3, STEP, 2, [channels, 4, 3]);
  for (let row = 0; row < 2; row++) {
    for (let place = 0; place < area; place++) {
      const group = 2 * (row * area + place);
      const numbers = [...numbersOf(group), ...numbersOf(group + 1)].slice(0, channels);
      const actual = numbers.map((_, channel) => mask[(row * channels + channel) * area + place]);
      expect(actual).toEqual(factors(numbers, 32768, 0.5));
    }
  }
});

test('in a map of one channel four neighbours of a line share a number', () => {
  const lines = Array.from({ length: 2 * 3 }, (_, line) =>
    [...numbersOf(2 * line), ...numbersOf(2 * line + 1)].slice(0, 5),
  );
  expect([...dropoutMask(0.5, 3, STEP, 2, [1, 3, 5])]).toEqual(factors(lines.flat(), 32768, 0.5));
});

test('a rate of 0 keeps everything, one near 1 next to nothing', () => {
  expect(new Set(dropoutMask(0, 0, STEP, 8, [64]))).toEqual(new Set([1]));
  expect(new Set(dropoutMask(1 - 2 ** -20, 0, STEP, 8, [64]))).toEqual(new Set([0]));
});

describe.each([0.1, 0.5, 0.8])('rate %d', (rate) => {
  const count = 40_000;
  const kept = Array.from(dropoutMask(rate, 0, STEP, count, [4]), Number).map((factor) =>
    factor > 0 ? 1 : 0,
  );
  /** Five standard deviations of a share of so many. */
  const close = (share: number): number => 5 * Math.sqrt((share * (1 - share)) / count);

  test('is the share of what is dropped, for each of the four that share a number', () => {
    for (let part = 0; part < 4; part++) {
      const share = kept.filter((keep, i) => i % 4 === part && keep).length / count;
      expect(Math.abs(share - (1 - rate)), `part ${part}`).toBeLessThan(close(1 - rate));
    }
  });

  test('neighbours are dropped independently', () => {
    for (const distance of [1, 2, 3, 4, 5]) {
      for (let part = 0; part < 4; part++) {
        let both = 0;
        for (let i = part; i + distance < kept.length; i += 4)
          both += kept[i]! * kept[i + distance]!;
        const expected = (1 - rate) ** 2;
        expect(Math.abs(both / count - expected), `${part}, ${distance}`).toBeLessThan(
          close(expected) + distance / count,
        );
      }
    }
  });
});
