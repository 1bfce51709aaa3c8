import fc from 'fast-check';
import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { greyPng, greyPngUri } from './grey-png.ts';

test('decodes back to the same pixels', () => {
  const picture = fc
    .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
    .chain(([width, height]) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        grey: fc.uint8Array({ minLength: width * height, maxLength: width * height }),
      }),
    );
  fc.assert(
    fc.property(picture, ({ width, height, grey }) => {
      const decoded = decode(greyPng(grey, width, height), { checkCrc: true });
      expect([decoded.width, decoded.height, decoded.channels, decoded.depth]).toEqual([
        width,
        height,
        1,
        8,
      ]);
      expect(Uint8Array.from(decoded.data)).toEqual(grey);
    }),
  );
});

test('the address holds the same bytes', () => {
  const grey = Uint8Array.from({ length: 12 }, (_, i) => i * 20);
  const [type, base64] = greyPngUri(grey, 4, 3).split(',');
  expect(type).toBe('data:image/png;base64');
  expect(Uint8Array.from(Buffer.from(base64!, 'base64'))).toEqual(greyPng(grey, 4, 3));
});
