import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream, streamKey, threefry2x32 } from './random.ts';

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('threefry2x32', () => {
  // Known answers published with the Random123 library, 20 rounds.
  test.each([
    { key: [0, 0], counter: [0, 0], words: [0x6b200159, 0x99ba4efe] },
    {
      key: [0xffffffff, 0xffffffff],
      counter: [0xffffffff, 0xffffffff],
      words: [0x1cb996fc, 0xbb002be7],
    },
    {
      key: [0x13198a2e, 0x03707344],
      counter: [0x243f6a88, 0x85a308d3],
      words: [0xc4923a9c, 0x483df7a0],
    },
  ] as const)(
    'gives the published words for key $key, counter $counter',
    ({ key, counter, words }) => {
      expect(threefry2x32(key, counter)).toEqual(words);
    },
  );
});

describe('streamKey', () => {
  // Published values of 32-bit FNV-1a.
  test.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('of "%s" is its FNV-1a hash', (name, hash) => {
    expect(streamKey(name)).toBe(hash);
  });
});

describe('randomStream', () => {
  test('bits are the first word at the index, over 53 bits', () => {
    fc.assert(
      fc.property(
        word,
        fc.string(),
        word,
        fc.nat({ max: 2 ** 21 - 1 }),
        (seed, name, low, high) => {
          const [first] = threefry2x32([seed, streamKey(name)], [low, high]);
          expect(randomStream(seed, name).bits(high * 2 ** 32 + low)).toBe(first);
        },
      ),
    );
  });

  test('uniform lies in [0, 1) and is exact in float32', () => {
    fc.assert(
      fc.property(word, word, (seed, index) => {
        const value = randomStream(seed, 'test').uniform(index);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(1);
        expect(Math.fround(value)).toBe(value);
      }),
    );
  });

  test('uniform fills 16 bins evenly', () => {
    const stream = randomStream(1, 'bins');
    const counts = new Float64Array(16);
    const draws = 160_000;
    for (let i = 0; i < draws; i++) counts[Math.floor(stream.uniform(i) * 16)]! += 1;
    const expected = draws / 16;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 99.9 % of even sequences stay below this value at 15 degrees of freedom.
    expect(chiSquare).toBeLessThan(37.7);
  });

  test('seeds and names give different sequences', () => {
    const sequences = [randomStream(1, 'a'), randomStream(2, 'a'), randomStream(1, 'b')].map(
      (stream) => Array.from({ length: 4 }, () => stream.next()).join(),
    );
    expect(new Set(sequences).size).toBe(3);
  });

  test('next walks through uniform', () => {
    const stream = randomStream(3, 'walk');
    const walked = Array.from({ length: 5 }, () => stream.next());
    expect(walked).toEqual(Array.from({ length: 5 }, (_, i) => stream.uniform(i)));
  });

  test('between stays within its limits', () => {
    const stream = randomStream(5, 'between');
    const values = Array.from({ length: 1000 }, () => stream.between(-3, 2));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-3);
    expect(Math.min(...values)).toBeLessThan(-2.9);
    expect(Math.max(...values)).toBeLessThan(2);
    expect(Math.max(...values)).toBeGreaterThan(1.9);
  });

  test('below stays under its limit and reaches every value', () => {
    fc.assert(
      fc.property(word, fc.integer({ min: 1, max: 12 }), (seed, limit) => {
        const stream = randomStream(seed, 'below');
        const values = new Set(Array.from({ length: 300 }, () => stream.below(limit)));
        expect([...values].sort((a, b) => a - b)).toEqual(
          Array.from({ length: limit }, (_, i) => i),
        );
      }),
    );
  });

  test('normal has mean 0 and standard deviation 1', () => {
    const stream = randomStream(4, 'normal');
    const values = Array.from({ length: 20_000 }, () => stream.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });

  test('permutation holds every number once', () => {
    fc.assert(
      fc.property(word, fc.nat({ max: 200 }), (seed, count) => {
        const order = randomStream(seed, 'order').permutation(count);
        expect([...order].sort((a, b) => a - b)).toEqual(
          Array.from({ length: count }, (_, i) => i),
        );
      }),
    );
  });

  test('permutation puts every number in every place equally often', () => {
    const counts = new Float64Array(16);
    const stream = randomStream(6, 'places');
    const rounds = 8000;
    for (let round = 0; round < rounds; round++) {
      stream.permutation(4).forEach((value, place) => {
        counts[place * 4 + value]! += 1;
      });
    }
    for (const count of counts) expect(Math.abs(count / rounds - 0.25)).toBeLessThan(0.02);
  });
});
