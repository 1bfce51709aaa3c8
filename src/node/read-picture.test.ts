import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { crc32 } from '../crc32.ts';
import { planesOf } from '../picture/picture.ts';
import { decodePicture, readPicture } from './read-picture.ts';

/** Red, green, blue, white: two lines of two pixels, each 8 x 8 so that no format blurs its middle. */
const COLOURS = [
  [220, 30, 40],
  [30, 200, 60],
  [40, 50, 210],
  [255, 255, 255],
] as const;
const SIZE = 16;
const RGB = Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, i) => {
  const [x, y] = [Math.floor(i / 3) % SIZE, Math.floor(i / 3 / SIZE)];
  return COLOURS[2 * Math.floor(y / 8) + Math.floor(x / 8)]![i % 3]!;
});
const image = () => sharp(RGB, { raw: { width: SIZE, height: SIZE, channels: 3 } });

/** The colours in the middles of the four quarters, in the order of COLOURS. */
function quarters({ width, data }: { width: number; data: ArrayLike<number> }): number[][] {
  const channels = data.length / (SIZE * SIZE);
  return [
    [4, 4],
    [12, 4],
    [4, 12],
    [12, 12],
  ].map(([x, y]) => [0, 1, 2].map((c) => data[(y! * width + x!) * channels + c]!));
}

const near = (found: number[][], expected: readonly (readonly number[])[]): void => {
  found.flat().forEach((value, i) => {
    expect(Math.abs(value - expected.flat()[i]!)).toBeLessThanOrEqual(6);
  });
};

describe('a picture is read', () => {
  test.each<[string, () => Promise<Uint8Array>]>([
    ['png', () => image().png().toBuffer()],
    ['jpeg', () => image().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()],
    ['webp', () => image().webp({ lossless: true }).toBuffer()],
    ['avif', () => image().avif({ lossless: true }).toBuffer()],
    ['gif', () => image().gif().toBuffer()],
    ['tiff', () => image().tiff({ compression: 'lzw' }).toBuffer()],
    ['png of 16 bits', () => image().toColourspace('rgb16').png().toBuffer()],
    ['png with a palette', () => image().png({ palette: true }).toBuffer()],
  ])('from a %s', async (_, bytes) => {
    const picture = await decodePicture(await bytes(), 'a');
    expect([picture.width, picture.height]).toEqual([SIZE, SIZE]);
    near(quarters(picture), COLOURS);
  });

  test('from CMYK, with the colours that it stands for', async () => {
    const bytes = await image().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(bytes).metadata()).channels).toBe(4);
    const [red, green, blue, white] = quarters(await decodePicture(bytes, 'a'));
    // Inks cannot show these colours exactly; which is the brightest must hold.
    expect(red!.indexOf(Math.max(...red!))).toBe(0);
    expect(green!.indexOf(Math.max(...green!))).toBe(1);
    expect(blue!.indexOf(Math.max(...blue!))).toBe(2);
    expect(Math.min(...white!)).toBeGreaterThan(245);
  });

  test('of 16 grey bits with its upper eight', async () => {
    const data = Uint16Array.from({ length: 16 }, (_, i) => i * 4096);
    const bytes = encode({ width: 4, height: 4, data, channels: 1, depth: 16 });
    const picture = await decodePicture(bytes, 'a');
    planesOf(picture, 1).forEach((value, i) => {
      expect(Math.abs(value - i * 16)).toBeLessThanOrEqual(1);
    });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('upright, whatever its orientation (%d)', async (turn) => {
    const upright = sharp(await image().withMetadata({ orientation: turn }).png().toBuffer());
    const expected = await upright.autoOrient().raw().toBuffer();
    const bytes = await image()
      .withMetadata({ orientation: turn })
      .jpeg({ quality: 100 })
      .toBuffer();
    near(quarters(await decodePicture(bytes, 'a')), quarters({ width: SIZE, data: expected }));
  });

  test('with its transparency', async () => {
    const data = Uint8Array.from({ length: 16 }, (_, i) => (i % 4 === 3 ? 0 : 9));
    const bytes = encode({ width: 2, height: 2, data, channels: 4, depth: 8 });
    const picture = await decodePicture(bytes, 'a');
    expect(picture.data).toHaveLength(16);
    expect([...planesOf(picture, 1)]).toEqual([255, 255, 255, 255]);
  });

  test('of an animation the first frame', async () => {
    const frames = Buffer.concat([RGB, new Uint8Array(RGB.length)]);
    const bytes = await sharp(frames, {
      raw: { width: SIZE, height: 2 * SIZE, channels: 3, pageHeight: SIZE },
    })
      .gif()
      .toBuffer();
    expect((await sharp(bytes, { animated: true }).metadata()).pages).toBe(2);
    const picture = await decodePicture(bytes, 'a');
    expect(picture.height).toBe(SIZE);
    near(quarters(picture), COLOURS);
  });
});

describe('refused is', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fiducial-picture-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('what is no picture', async () => {
    const path = join(folder, 'a.jpg');
    await writeFile(path, 'a,b\n1,2\n');
    await expect(readPicture(path)).rejects.toThrow(
      refusal(
        /a\.jpg: no picture that can be read \(Input buffer contains unsupported image format\)/,
      ),
    );
  });

  test('an SVG, which may refer to other files', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
    await expect(decodePicture(new TextEncoder().encode(svg), 'a.png')).rejects.toThrow(
      refusal('a.png: no picture that can be read (a file of the format svg)'),
    );
  });

  test.each(['png', 'jpeg', 'webp'] as const)('a %s cut short', async (format) => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 7919) % 251);
    const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    for (const share of [0.01, 0.5, 0.9]) {
      const part = whole.subarray(0, Math.floor(share * whole.length));
      await expect(decodePicture(part, 'a')).rejects.toThrow(refusal(/a: no picture that can be/));
    }
  });

  test('one pixel, and more than memory should hold', async () => {
    const pixel = encode({ width: 1, height: 1, data: Uint8Array.of(9), channels: 1, depth: 8 });
    await expect(decodePicture(pixel, 'a.png')).rejects.toThrow(
      refusal('a.png: a picture of 1 x 1 pixels, expected 2 x 2 at least'),
    );
    // Of a larger one the header alone is looked at.
    const huge = Buffer.from(await image().png().toBuffer());
    huge.writeUInt32BE(30000, 16);
    huge.writeUInt32BE(30000, 20);
    huge.writeUInt32BE(crc32(huge.subarray(12, 29)), 29);
    await expect(decodePicture(huge, 'a.png')).rejects.toThrow(
      refusal('a.png: a picture of 30000 x 30000 pixels has more than 134,217,728 pixels'),
    );
  });

  test('a folder and nothing at all', async () => {
    await expect(readPicture(folder)).rejects.toThrow(refusal(/is a folder, expected a file/));
    await expect(readPicture(join(folder, 'b'))).rejects.toThrow(refusal(/no such file or folder/));
  });
});
