import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatOfSize, imageSize, imageText } from './image-format.ts';

test('the number of bytes tells side and channels', () => {
  const format = fc.record({
    side: fc.integer({ min: 1, max: 4096 }),
    channels: fc.constantFrom(1 as const, 3 as const),
  });
  fc.assert(
    fc.property(format, (one) => {
      expect(formatOfSize(imageSize(one))).toEqual(one);
    }),
  );
});

test.each([0, 2, 5, 9215, 27_647])('%i bytes are no square image', (bytes) => {
  expect(formatOfSize(bytes)).toBeUndefined();
});

test('in words, colours are named where there are some', () => {
  expect(imageText({ side: 96, channels: 1 })).toBe('96 x 96 pixels');
  expect(imageText({ side: 64, channels: 3 })).toBe('64 x 64 pixels, RGB');
});
