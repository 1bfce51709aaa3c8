import fc from 'fast-check';
import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { type Channels, imageSize } from '../data/image-format.ts';
import { imagePng, imageUri } from './image-png.ts';

test('decodes back to the same pixels, grey or in colour', () => {
  const picture = fc
    .record({
      side: fc.integer({ min: 1, max: 40 }),
      channels: fc.constantFrom<Channels>(1, 3),
    })
    .chain((format) => {
      const length = { minLength: imageSize(format), maxLength: imageSize(format) };
      return fc.record({ format: fc.constant(format), image: fc.uint8Array(length) });
    });
  fc.assert(
    fc.property(picture, ({ format, image }) => {
      const { side, channels } = format;
      const decoded = decode(imagePng(image, format), { checkCrc: true });
      expect(decoded).toMatchObject({ width: side, height: side, channels, depth: 8 });
      const planes = Array.from({ length: channels }, (_, channel) =>
        decoded.data.filter((_, i) => i % channels === channel),
      );
      expect(planes.flatMap((plane) => [...plane])).toEqual([...image]);
    }),
  );
});

test('an image of another size is refused', () => {
  expect(() => imagePng(new Uint8Array(4), { side: 2, channels: 3 })).toThrow(RangeError);
});

test('the address holds the same bytes', () => {
  const image = Uint8Array.from({ length: 12 }, (_, i) => i * 20);
  const format = { side: 2, channels: 3 } as const;
  const [type, base64] = imageUri(image, format).split(',');
  expect(type).toBe('data:image/png;base64');
  expect(Uint8Array.from(Buffer.from(base64!, 'base64'))).toEqual(imagePng(image, format));
});
