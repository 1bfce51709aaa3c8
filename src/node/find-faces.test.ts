import { describe, expect, test } from 'vitest';
import { hasFaceFinder, whyWithoutFinder } from '../../test/face-finder.ts';
import { synthesize } from '../data/synthetic/synthesize.ts';
import type { Box } from '../picture/box.ts';
import { cropPicture } from '../picture/crop.ts';
import { loadFaceFinder } from './find-faces.ts';

const SIDE = 96;
const faces = synthesize({ rows: 8, seed: 3 });
const WIDTH = 640;
const HEIGHT = 480;

/** A grey picture with drawn faces in the squares given. */
function pictureOf(squares: readonly Box[]) {
  const data = new Uint8Array(WIDTH * HEIGHT).fill(150);
  squares.forEach(({ x, y, width: side }, row) => {
    const image = faces.images.subarray(row * SIDE ** 2, (row + 1) * SIDE ** 2);
    const face = { width: SIDE, height: SIDE, data: image };
    const pixels = cropPicture(face, { x: 0, y: 0, side: SIDE }, { side, channels: 1 });
    for (let line = 0; line < side; line++) {
      data.set(pixels.subarray(line * side, (line + 1) * side), (y + line) * WIDTH + x);
    }
  });
  return { width: WIDTH, height: HEIGHT, data };
}
const square = (x: number, y: number, side: number): Box => ({ x, y, width: side, height: side });

describe.skipIf(!hasFaceFinder)(`a face finder${whyWithoutFinder}`, () => {
  test('finds faces of different sizes, the largest first', async () => {
    const findFaces = await loadFaceFinder();
    const squares = [square(280, 60, 300), square(60, 40, 150), square(90, 300, 110)];
    const found = findFaces(pictureOf(squares));
    expect(found).toHaveLength(squares.length);
    squares.forEach((expected, i) => {
      const { x, y, width, height } = found[i]!;
      expect(height).toBe(width);
      expect(Math.abs(width - expected.width)).toBeLessThan(0.25 * expected.width);
      const off = Math.hypot(
        x + width / 2 - expected.x - expected.width / 2,
        y + height / 2 - expected.y - expected.width / 2,
      );
      expect(off).toBeLessThan(0.2 * expected.width);
    });
  });

  test('finds none where there is none', async () => {
    const findFaces = await loadFaceFinder();
    expect(findFaces(pictureOf([]))).toEqual([]);
  });
});
