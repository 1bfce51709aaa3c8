import { expect, test } from 'vitest';
import { fromLayout, shapeIn } from './layout.ts';

/** Numbers that tell where they stand: 0, 1, 2, … */
const counted = (length: number) => Float32Array.from({ length }, (_, i) => i);

test('shapes elsewhere', () => {
  expect(shapeIn('keras', [32, 3, 5, 7])).toEqual([5, 7, 3, 32]);
  expect(shapeIn('keras', [30, 500])).toEqual([500, 30]);
  expect(shapeIn('keras', [30])).toEqual([30]);
  expect(shapeIn('pytorch', [32, 3, 5, 7])).toEqual([32, 3, 5, 7]);
});

test("PyTorch's numbers stay as they are", () => {
  expect(fromLayout('pytorch', counted(24), [2, 3, 2, 2])).toEqual(counted(24));
  expect(fromLayout('pytorch', counted(6), [1, 6], [3, 1, 2])).toEqual(counted(6));
});

test("Keras's kernels: (y, x, in, out) becomes (out, in, y, x)", () => {
  const [outputs, channels, height, width] = [4, 3, 2, 5];
  const values = counted(outputs * channels * height * width);
  const turned = fromLayout('keras', values, [outputs, channels, height, width]);
  for (let o = 0; o < outputs; o++) {
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const here = ((o * channels + c) * height + y) * width + x;
          const there = ((y * width + x) * channels + c) * outputs + o;
          expect(turned[here]).toBe(values[there]);
        }
      }
    }
  }
});

test("Keras's dense layers: (in, out) becomes (out, in)", () => {
  expect(fromLayout('keras', Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3])).toEqual(
    Float32Array.of(1, 3, 5, 2, 4, 6),
  );
});

test('behind maps of two channels and two pixels, pixel by pixel becomes channel by channel', () => {
  // Pixel 0: channels 10 and 20; pixel 1: channels 11 and 21.
  expect(fromLayout('keras', Float32Array.of(10, 20, 11, 21), [1, 4], [2, 1, 2])).toEqual(
    Float32Array.of(10, 11, 20, 21),
  );
});

test('biases stay as they are', () => {
  expect(fromLayout('keras', counted(3), [3])).toEqual(counted(3));
});
