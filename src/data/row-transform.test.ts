import { describe, expect, test } from 'vitest';
import { moved } from '../engine/reference/transform.ts';
import { randomStream } from '../random.ts';
import type { Augmentation } from './augmentation.ts';
import { type CutoutBox, drawTransforms, type RowTransform } from './row-transform.ts';

const ROWS = 4000;

const draw = (augmentation: Augmentation, place = { seed: 7, step: 3, rows: ROWS }) =>
  drawTransforms(augmentation, place)!;

const IDENTITY: RowTransform = { matrix: [1, 0, 0, 1], shift: [0, 0], channelShift: 0 };
const MIRROR: RowTransform = { ...IDENTITY, matrix: [-1, 0, 0, 1] };

/** Expects numbers that are spread evenly over a range: each tenth of it has a tenth of them. */
function expectEven(values: readonly number[], low: number, high: number): void {
  const tenths = new Array<number>(10).fill(0);
  for (const value of values) {
    expect(value).toBeGreaterThanOrEqual(low);
    expect(value).toBeLessThanOrEqual(high);
    tenths[Math.min(9, Math.floor(((value - low) / (high - low)) * 10))]!++;
  }
  // Four standard deviations of a binomial distribution.
  const margin = 4 * Math.sqrt(values.length * 0.1 * 0.9);
  for (const count of tenths) {
    expect(Math.abs(count - values.length / 10)).toBeLessThan(margin);
  }
}

const degrees = (sine: number, cosine: number): number =>
  (Math.atan2(sine, cosine) * 180) / Math.PI;

describe('nothing is drawn', () => {
  test.each<Augmentation>([
    {},
    { flip_half: false, horizontal_flip: false, rotation_range: 0, zoom_range: 0 },
    { zoom_range: [1, 1], fill_mode: 'wrap', cval: 0.5 },
    { featurewise_center: true, samplewise_std_normalization: true },
  ])('for %j', (augmentation) => {
    expect(drawTransforms(augmentation, { seed: 1, step: 0, rows: 4 })).toBeUndefined();
  });
});

describe('flips', () => {
  test.each([1, 2, 7, 128])('flip_half mirrors half of %d rows', (rows) => {
    const transforms = draw({ flip_half: true }, { seed: 0, step: 0, rows });
    const mirrored = transforms.filter(({ matrix }) => matrix[0] === -1);
    expect(mirrored).toHaveLength(Math.floor(rows / 2));
    for (const transform of transforms) {
      expect(transform).toEqual(mirrored.includes(transform) ? MIRROR : IDENTITY);
    }
  });

  test('flip_half chooses other rows in every batch, all of them equally often', () => {
    const times = new Array<number>(16).fill(0);
    for (let step = 0; step < 1000; step++) {
      draw({ flip_half: true }, { seed: 5, step, rows: 16 }).forEach(({ matrix }, row) => {
        if (matrix[0] === -1) times[row]!++;
      });
    }
    for (const count of times) expect(Math.abs(count - 500)).toBeLessThan(4 * Math.sqrt(250));
  });

  test('horizontal_flip and vertical_flip mirror about half of the rows each, independently', () => {
    const transforms = draw({ horizontal_flip: true, vertical_flip: true });
    const kinds = new Map<string, number>();
    for (const { matrix, shift, channelShift } of transforms) {
      const kind = [...matrix, ...shift, channelShift].join();
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    const all = ['1,0,0,1', '-1,0,0,1', '1,0,0,-1', '-1,0,0,-1'].map((kind) => `${kind},0,0,0`);
    expect([...kinds.keys()].sort()).toEqual(all.sort());
    for (const count of kinds.values()) {
      expect(Math.abs(count - ROWS / 4)).toBeLessThan(4 * Math.sqrt((ROWS * 3) / 16));
    }
  });
});

describe('ranges', () => {
  test('rotation_range: rotations by so many degrees', () => {
    const angles = draw({ rotation_range: 25 }).map(({ matrix: [xx, xy, yx, yy], shift }) => {
      expect([xx, -xy, shift]).toEqual([yy, yx, [0, 0]]);
      expect(Math.abs(xx * xx + xy * xy - 1)).toBeLessThan(1e-15);
      return degrees(yx, xx);
    });
    expectEven(angles, -25, 25);
  });

  test('width_shift_range and height_shift_range: shares of the side', () => {
    const transforms = draw({ width_shift_range: 0.1, height_shift_range: 0.25 });
    for (const { matrix } of transforms) expect(matrix).toEqual([1, 0, 0, 1]);
    const shares = (axis: 0 | 1) => transforms.map(({ shift }) => shift[axis] / 2);
    expectEven(shares(0), -0.1, 0.1);
    expectEven(shares(1), -0.25, 0.25);
  });

  test('shear_range: angles between the sides', () => {
    const angles = draw({ shear_range: 20 }).map(({ matrix: [xx, xy, yx, yy] }) => {
      expect([xy, yy]).toEqual([0, 1]);
      const angle = degrees(yx / xx, 1 / xx);
      expect(Math.abs((yx / xx) ** 2 + (1 / xx) ** 2 - 1)).toBeLessThan(1e-14);
      return angle;
    });
    expectEven(angles, -20, 20);
  });

  test.each<[Augmentation['zoom_range'], number, number]>([
    [0.2, 0.8, 1.2],
    [[0.5, 0.75], 0.5, 0.75],
  ])('zoom_range %j: the share of each side that is shown', (zoom_range, low, high) => {
    const transforms = draw({ zoom_range: zoom_range! });
    for (const { matrix } of transforms) expect([matrix[1], matrix[2]]).toEqual([0, 0]);
    expectEven(
      transforms.map(({ matrix }) => 1 / matrix[0]),
      low,
      high,
    );
    expectEven(
      transforms.map(({ matrix }) => 1 / matrix[3]),
      low,
      high,
    );
  });

  test('scale_range: one factor for both sides', () => {
    const factors = draw({ scale_range: [0.9, 1.4] }).map(({ matrix: [xx, xy, yx, yy], shift }) => {
      expect([xy, yx, shift, yy]).toEqual([0, 0, [0, 0], xx]);
      return xx;
    });
    expectEven(factors, 0.9, 1.4);
  });

  test.each(['contrast', 'brightness', 'gamma'] as const)('%s_range: tones alone', (name) => {
    const factors = draw({ [`${name}_range`]: 0.3 }).map(({ tone, ...place }) => {
      expect(place).toEqual(IDENTITY);
      expect(tone).toEqual({ contrast: 1, brightness: 1, gamma: 1, [name]: tone![name] });
      return tone![name];
    });
    expectEven(factors, 0.7, 1.3);
  });

  test('elastic_range: every row bends in its own way, by the same share', () => {
    const keys = draw({ elastic_range: 0.02 }).map(({ elastic, ...place }) => {
      expect(place).toEqual(IDENTITY);
      expect(elastic!.share).toBe(0.02);
      return elastic!.key;
    });
    expectEven(keys, 0, 2 ** 32);
  });

  test('noise_std: up to this standard deviation', () => {
    const noises = draw({ noise_std: 0.1 }).map(({ noise, ...place }) => {
      expect(place).toEqual(IDENTITY);
      return noise!;
    });
    expectEven(
      noises.map(({ deviation }) => deviation),
      0,
      0.1,
    );
    expectEven(
      noises.map(({ key }) => key),
      0,
      2 ** 32,
    );
  });

  test('cutout: boxes up to this share of each side, their centres anywhere', () => {
    const drawn = draw({ cutout: 0.4, cutout_boxes: 3, cutout_fill: 'random' });
    const boxes = drawn.flatMap(({ boxes, ...place }) => {
      expect(place).toEqual(IDENTITY);
      expect(boxes).toHaveLength(3);
      return boxes!;
    });
    const even = (of: (box: CutoutBox) => number, low: number, high: number): void =>
      expectEven(boxes.map(of), low, high);
    even(({ left, right }) => (right - left) / 2, 0, 0.4);
    even(({ top, bottom }) => (bottom - top) / 2, 0, 0.4);
    even(({ left, right }) => (left + right) / 2, -1, 1);
    even(({ top, bottom }) => (top + bottom) / 2, -1, 1);
    even(({ grey }) => Number(grey), 0, 1);
    const [first] = draw({ cutout: 0.4 })[0]!.boxes!;
    expect(first).toEqual({ ...drawn[0]!.boxes![0]!, grey: 'mean' });
  });

  test('distortion_probability: so many rows are bent, are noisy and lose boxes, independently', () => {
    const drawn = draw({
      ...{ elastic_range: 0.02, noise_std: 0.1, cutout: 0.4, distortion_probability: 0.5 },
      rotation_range: 5,
    });
    const kinds = new Map<string, number>();
    for (const { elastic, noise, boxes } of drawn) {
      const kind = [elastic, noise, boxes].map((one) => Number(one !== undefined)).join('');
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    expect(kinds.size).toBe(8);
    for (const count of kinds.values()) {
      expect(Math.abs(count - ROWS / 8)).toBeLessThan(4 * Math.sqrt((ROWS * 7) / 64));
    }
    const never = draw({ noise_std: 0.1, distortion_probability: 0 });
    expect(never[0]).toEqual(IDENTITY);
  });

  test('channel_shift_range: brightness alone', () => {
    const transforms = draw({ channel_shift_range: 0.3 });
    for (const { matrix, shift } of transforms)
      expect([...matrix, ...shift]).toEqual([1, 0, 0, 1, 0, 0]);
    expectEven(
      transforms.map(({ channelShift }) => channelShift),
      -0.3,
      0.3,
    );
  });
});

test('all together trace a place back as Keras does: rotation x shift x shear x zoom', () => {
  const ranges = {
    ...{ rotation_range: 40, width_shift_range: 0.2, height_shift_range: 0.3 },
    ...{ shear_range: 30, zoom_range: 0.4 },
  };
  const stream = randomStream(11, 'augment/2');
  const transforms = draw(ranges, { seed: 11, step: 2, rows: 50 });
  transforms.forEach((transform, row) => {
    const within = (place: number, limit: number): number =>
      (2 * stream.uniform(16 * row + place) - 1) * limit;
    const angle = (within(0, 40) * Math.PI) / 180;
    const [right, down] = [within(1, 0.4), within(2, 0.6)];
    const shear = (within(3, 30) * Math.PI) / 180;
    const [zoomX, zoomY] = [1 + within(4, 0.4), 1 + within(5, 0.4)];
    for (const [x, y] of [
      [0, 0],
      [0.5, -0.25],
      [-1, 1],
    ] as const) {
      // Keras's matrices act on (row, column).
      let [line, column] = [zoomY * y, zoomX * x];
      [line, column] = [line - Math.sin(shear) * column, Math.cos(shear) * column];
      // Traced back, a picture that was moved to the right is found further left.
      [line, column] = [line - down, column - right];
      [line, column] = [
        Math.cos(angle) * line - Math.sin(angle) * column,
        Math.sin(angle) * line + Math.cos(angle) * column,
      ];
      const [seenX, seenY] = moved(transform, [column, line]);
      expect(Math.abs(seenX - x) + Math.abs(seenY - y)).toBeLessThan(1e-13);
    }
  });
});

describe('what is drawn depends on seed, step and row alone', () => {
  const everything: Augmentation = {
    ...{ flip_half: true, vertical_flip: true, rotation_range: 10, width_shift_range: 0.1 },
    ...{ height_shift_range: 0.1, shear_range: 5, zoom_range: 0.1, channel_shift_range: 0.1 },
  };
  const place = { seed: 42, step: 17, rows: 32 };

  test('the same again, and other numbers for another seed, step or row', () => {
    const transforms = draw(everything, place);
    expect(draw(everything, place)).toEqual(transforms);
    expect(new Set(transforms.map(({ channelShift }) => channelShift)).size).toBe(32);
    for (const other of [{ seed: 43 }, { step: 18 }]) {
      const changed = draw(everything, { ...place, ...other });
      for (const [row, transform] of transforms.entries()) {
        expect(changed[row]).not.toEqual(transform);
      }
    }
  });

  test('one option does not change what another draws, nor the number of rows', () => {
    const alone = draw({ channel_shift_range: 0.1 }, { ...place, rows: 5 });
    const together = draw(everything, place).slice(0, 5);
    const shifts = (transforms: RowTransform[]) => transforms.map((one) => one.channelShift);
    expect(shifts(together)).toEqual(shifts(alone));
  });

  test('the options that Keras does not have leave the others their draws', () => {
    const tones: Augmentation = { contrast_range: 0.2, brightness_range: 0.2, gamma_range: 0.2 };
    const distortions: Augmentation = { elastic_range: 0.05, noise_std: 0.1, cutout: 0.2 };
    const drawn = draw({ ...everything, ...tones, ...distortions }, place);
    const placed = drawn.map(({ tone, elastic, noise, boxes, ...rest }) => rest);
    expect(placed).toEqual(draw(everything, place));
    for (const { tone } of draw(tones, { ...place, step: 4 })) {
      expect(new Set(Object.values(tone!)).size).toBe(3);
    }
  });

  test('to the bit on every machine', () => {
    // Other numbers mean that runs of earlier versions cannot be repeated: say so in the CHANGELOG.
    const [{ matrix, shift, channelShift }] = draw(everything, place) as [RowTransform];
    expect([...matrix, ...shift, channelShift]).toEqual([
      ...[0.9191278316234314, -0.09981080921817566, 0.13226242942872943, 0.9491156006057387],
      ...[-0.1542608899099686, 0.181235632764371, -0.06108334064483643],
    ]);
  });
});
