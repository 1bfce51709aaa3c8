import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../errors.ts';
import { randomStream } from '../../random.ts';
import { compareConventions } from '../compare-conventions.ts';
import { type Dataset, imageOf } from '../dataset.ts';
import { drawFace } from './face.ts';
import { KEYPOINT_NAMES, type KeypointName } from './landmarks.ts';
import { missingPoints } from './missing.ts';
import { synthesize } from './synthesize.ts';

const POINTS = 15;
const faces = synthesize({ rows: 400, seed: 7, missing: false });
const valuesOf = (point: KeypointName, axis: 0 | 1): number[] => {
  const index = KEYPOINT_NAMES.indexOf(point);
  return Array.from(
    { length: faces.rows },
    (_, row) => faces.labels[(row * POINTS + index) * 2 + axis]!,
  );
};
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};

describe('reproducible', () => {
  test('the bytes of a few faces are those of every machine', () => {
    const { images, labels } = synthesize({ rows: 5, seed: 42 });
    // The bits of a NaN are the engine's own choice.
    const known = labels.map((label) => (Number.isNaN(label) ? -1 : label));
    const hash = createHash('sha256').update(images).update(new Uint8Array(known.buffer));
    expect(hash.digest('hex')).toBe(
      '0abb4cef8867c81b1666f09ba421e1f77cd45287c806555bb5a48d1a0b4cda72',
    );
  });

  test('a face depends on its seed and row alone', () => {
    const few = synthesize({ rows: 8, seed: 7, missing: false });
    expect(few.images).toEqual(faces.images.subarray(0, few.images.length));
    expect(few.labels).toEqual(faces.labels.subarray(0, few.labels.length));
    expect(drawFace(8, 0, 96).image).not.toEqual(drawFace(7, 0, 96).image);
  });

  test('in colour it is the same face: black and white stay, greys turn to orange', () => {
    const colours = synthesize({ rows: 8, seed: 7, channels: 3, missing: false });
    expect(colours.labels).toEqual(faces.labels.subarray(0, colours.labels.length));
    const area = 96 ** 2;
    for (let row = 0; row < 8; row++) {
      const grey = imageOf(faces, row);
      const image = imageOf(colours, row);
      for (let i = 0; i < area; i++) {
        const [red, green, blue] = [image[i]!, image[area + i]!, image[2 * area + i]!];
        expect(red >= green && green >= blue).toBe(true);
        if (grey[i]! % 255 === 0) expect([red, blue]).toEqual([grey[i], grey[i]]);
      }
    }
    const tones = Array.from({ length: 8 }, (_, row) => imageOf(colours, row)[area / 2]!);
    expect(new Set(tones).size).toBeGreaterThan(1);
  });

  test('leaving labels out changes no picture and no other label', () => {
    const gaps = synthesize({ rows: 50, seed: 7 });
    expect(gaps.images).toEqual(faces.images.subarray(0, gaps.images.length));
    const filled = gaps.labels.map((label, i) => (Number.isNaN(label) ? faces.labels[i]! : label));
    expect(filled).toEqual(faces.labels.subarray(0, filled.length));
    expect(gaps.labels.some(Number.isNaN)).toBe(true);
  });
});

describe('keypoints', () => {
  test('are averages and spreads like those of Kaggle’s table', () => {
    const expected: Partial<Record<KeypointName, [number, number]>> = {
      left_eye_center: [66, 37],
      right_eye_center: [30, 37],
      left_eyebrow_inner_end: [56, 29.5],
      left_eyebrow_outer_end: [79, 30],
      nose_tip: [48, 63],
      mouth_left_corner: [63, 75.5],
      mouth_center_top_lip: [48, 73],
      mouth_center_bottom_lip: [48, 79],
    };
    for (const [point, place] of Object.entries(expected) as [KeypointName, [number, number]][]) {
      for (const axis of [0, 1] as const) {
        const values = valuesOf(point, axis);
        expect(Math.abs(mean(values) - place[axis]), `${point} ${axis}`).toBeLessThan(1.5);
        expect(deviation(values), `${point} ${axis}`).toBeGreaterThan(1.8);
        expect(deviation(values), `${point} ${axis}`).toBeLessThan(4.5);
      }
    }
  });

  test('cost the mean face about 3 pixels', () => {
    const variances = KEYPOINT_NAMES.flatMap((point) =>
      ([0, 1] as const).map((axis) => deviation(valuesOf(point, axis)) ** 2),
    );
    const error = Math.sqrt(mean(variances));
    expect(error).toBeGreaterThan(2.7);
    expect(error).toBeLessThan(3.5);
  });

  test('lie inside the picture, eyes above nose above mouth, left at larger x', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.integer({ min: 0, max: 9999 }),
        fc.integer({ min: 16, max: 128 }),
        (seed, row, side) => {
          const { keypoints } = drawFace(seed, row, side);
          for (const coordinate of keypoints.flat()) {
            expect(coordinate).toBeGreaterThan(0);
            expect(coordinate).toBeLessThan(side);
          }
          const at = (point: KeypointName) => keypoints[KEYPOINT_NAMES.indexOf(point)]!;
          expect(at('left_eye_center')[0]).toBeGreaterThan(at('right_eye_center')[0]);
          expect(at('mouth_left_corner')[0]).toBeGreaterThan(at('mouth_right_corner')[0]);
          expect(at('nose_tip')[1]).toBeGreaterThan(at('left_eye_center')[1]);
          expect(at('mouth_center_top_lip')[1]).toBeGreaterThan(at('nose_tip')[1]);
          expect(at('mouth_center_bottom_lip')[1]).toBeGreaterThan(at('mouth_center_top_lip')[1]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('mirror each other on average', () => {
    for (const [one, other] of faces.schema.mirrorPairs) {
      const [left, right] = [KEYPOINT_NAMES[one]!, KEYPOINT_NAMES[other]!];
      expect(Math.abs(mean(valuesOf(left, 0)) + mean(valuesOf(right, 0)) - 96), left).toBeLessThan(
        1,
      );
      expect(Math.abs(mean(valuesOf(left, 1)) - mean(valuesOf(right, 1))), left).toBeLessThan(1);
    }
    expect(faces.schema.mirrorPairs).toHaveLength(6);
  });

  test('scale with the picture', () => {
    const [small, large] = [drawFace(3, 4, 48).keypoints, drawFace(3, 4, 96).keypoints];
    small.forEach(([x, y], i) => {
      expect(2 * x).toBeCloseTo(large[i]![0], 9);
      expect(2 * y).toBeCloseTo(large[i]![1], 9);
    });
  });
});

describe('a second convention', () => {
  const rows = 200;
  const [one, two] = ([1, 2] as const).map((conventions) =>
    synthesize({ rows, seed: 7, conventions }),
  ) as [Dataset, Dataset];

  test('moves labels of rows with four points alone, and no picture', () => {
    expect(two.images).toEqual(one.images);
    for (let row = 0; row < rows; row++) {
      const [before, after] = [one, two].map(({ labels }) =>
        Array.from(labels.subarray(30 * row, 30 * (row + 1))),
      ) as [number[], number[]];
      expect(after.map(Number.isNaN)).toEqual(before.map(Number.isNaN));
      const isFew = before.filter(Number.isNaN).length === 22;
      const moved = after.map((value, i) => (value === before[i] ? 0 : 1));
      const seen = moved.filter((_, i) => !Number.isNaN(before[i]!));
      expect(seen.every((value) => value === (isFew ? 1 : 0))).toBe(true);
    }
  });

  test('has them by the sizes that are documented', () => {
    const shifts = Array.from({ length: rows }, (_, row) => {
      const { keypoints, otherwise } = drawFace(7, row, 96);
      return keypoints.map(([x, y], point) => [otherwise[point]![0] - x, otherwise[point]![1] - y]);
    });
    const shift = (name: KeypointName, axis: 0 | 1): number =>
      mean(shifts.map((faceShifts) => faceShifts[KEYPOINT_NAMES.indexOf(name)]![axis]!));
    const lower = {
      left_eye_center: 0.65,
      right_eye_center: 0.65,
      nose_tip: 5,
      mouth_center_bottom_lip: -3.8,
      mouth_left_corner: 0,
    };
    for (const [name, pixels] of Object.entries(lower) as [KeypointName, number][]) {
      expect(Math.abs(shift(name, 1) - pixels), name).toBeLessThan(0.25);
      expect(Math.abs(shift(name, 0)), name).toBeLessThan(0.1);
    }
  });

  test('is found by the comparison of conventions, and only where it is', () => {
    expect(compareConventions(two)!.differ).toBe(true);
    expect(compareConventions(one)!.differ).toBe(false);
  });
});

describe('pictures', () => {
  /** Mean grey of the pixels whose distance from (x, y) lies in [near, far). */
  const ring = (row: number, x: number, y: number, near: number, far: number): number => {
    const values: number[] = [];
    for (let i = 0; i < 96 * 96; i++) {
      const distance = Math.sqrt(((i % 96) + 0.5 - x) ** 2 + (Math.floor(i / 96) + 0.5 - y) ** 2);
      if (distance >= near && distance < far) values.push(faces.images[row * 96 * 96 + i]!);
    }
    return mean(values);
  };

  test('are darker at the eye centres than around the eyes', () => {
    const darker = [...Array(faces.rows).keys()].filter((row) =>
      [0, 1].every((point) => {
        const [x, y] = faces.labels.subarray((row * POINTS + point) * 2);
        return ring(row, x!, y!, 0, 1.6) < 0.85 * ring(row, x!, y!, 4, 10);
      }),
    );
    expect(darker.length / faces.rows).toBeGreaterThan(0.97);
  });

  test('are brighter at the tip of the nose than at the nostrils below it', () => {
    const point = KEYPOINT_NAMES.indexOf('nose_tip');
    const brighter = [...Array(faces.rows).keys()].filter((row) => {
      const [x, y] = faces.labels.subarray((row * POINTS + point) * 2);
      return ring(row, x!, y!, 0, 2) > ring(row, x!, y! + 4, 0, 3);
    });
    expect(brighter.length / faces.rows).toBeGreaterThan(0.95);
  });

  test('use much of the range of grey, each its own', () => {
    const hashes = new Set<string>();
    for (let row = 0; row < faces.rows; row++) {
      const image = faces.images.subarray(row * 96 * 96, (row + 1) * 96 * 96);
      expect(deviation([...image])).toBeGreaterThan(8);
      hashes.add(createHash('sha256').update(image).digest('hex'));
    }
    expect(hashes.size).toBe(faces.rows);
  });
});

test('labels are missing in Kaggle’s shares', () => {
  const rows = 20_000;
  const counts = { complete: 0, four: 0, oneOrTwo: 0 };
  for (let row = 0; row < rows; row++) {
    const missing = missingPoints(randomStream(1, `row ${row}`), KEYPOINT_NAMES);
    if (missing.length === 0) counts.complete++;
    else if (missing.length === 11) {
      counts.four++;
      expect(missing.some((point) => [0, 1, 10, 14].includes(point))).toBe(false);
    } else {
      counts.oneOrTwo++;
      expect([1, 2]).toContain(missing.length);
    }
  }
  expect(Math.abs(counts.complete / rows - 2140 / 7049)).toBeLessThan(0.015);
  expect(Math.abs(counts.four / rows - 4755 / 7049)).toBeLessThan(0.015);
  expect(counts.oneOrTwo).toBeGreaterThan(0);
});

test.each([
  [{ rows: 0, seed: 1 }, /rows is 0/],
  [{ rows: 2.5, seed: 1 }, /rows is 2.5/],
  [{ rows: 1, seed: -1 }, /seed is -1/],
  [{ rows: 1, seed: 1, missing: false, conventions: 2 as const }, /conventions is 2, but no label/],
  [{ rows: 1, seed: 1, side: 8 }, /side is 8, expected a whole number from 16/],
])('refuses %j', (options, message) => {
  expect(() => synthesize(options)).toThrow(InputError);
  expect(() => synthesize(options)).toThrow(message);
});
