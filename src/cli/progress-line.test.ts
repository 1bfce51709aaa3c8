import { describe, expect, test } from 'vitest';
import { durationText, progressLine, sparkline } from './progress-line.ts';

const record = (epoch: number, validRmse: number, seconds = 2) => ({
  epoch,
  trainLoss: 0.1,
  validLoss: 0.1,
  validRmse,
  seconds,
});

describe('sparkline', () => {
  test('spans the range of its values', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([4, 3, 2, 1])).toBe('█▆▃▁');
  });

  test('one value, equal values and none', () => {
    expect(sparkline([3])).toBe('▁');
    expect(sparkline([3, 3])).toBe('▁▁');
    expect(sparkline([])).toBe('');
  });

  test('what is no number is blank and does not change the range', () => {
    expect(sparkline([2, Number.NaN, Number.POSITIVE_INFINITY, 1])).toBe('█  ▁');
    expect(sparkline([Number.NaN])).toBe(' ');
  });
});

test.each([
  [-1, '0 s'],
  [0.4, '0 s'],
  [59.6, '1 min 0 s'],
  [200, '3 min 20 s'],
  [3599.7, '1 h 0 min'],
  [2 * 3600 + 5 * 60, '2 h 5 min'],
  [86_399, '1 d 0 h'],
  [3 * 86_400 + 7 * 3600, '3 d 7 h'],
])('%s seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

describe('progressLine', () => {
  const half = { epoch: 4, rowsDone: 410, rows: 820 };
  const history = [record(1, 8), record(2, 4), record(3, 6)];

  test('shows where the epoch is, the time that is left, the best and the last errors', () => {
    // 6 epochs and a half of 2 seconds.
    expect(progressLine(half, history, { epochs: 10, columns: 80 })).toBe(
      '      4/10  [======      ]  13 s left  best 4.000 px  █▁▅',
    );
  });

  test('before the first epoch is done there is only the bar', () => {
    const line = progressLine({ ...half, epoch: 1 }, [], { epochs: 10, columns: 80 });
    expect(line).toBe('      1/10  [======      ]');
  });

  test('the time of an epoch is that of the last ten', () => {
    const slow = Array.from({ length: 30 }, (_, i) => record(i + 1, 3, i < 20 ? 1000 : 1));
    const done = { epoch: 31, rowsDone: 820, rows: 820 };
    expect(progressLine(done, slow, { epochs: 41, columns: 80 })).toContain('  10 s left');
  });

  test.each([1, 12, 20, 40, 60, 80, 200])('is shorter than %i columns', (columns) => {
    const long = Array.from({ length: 10_000 }, (_, i) => record(i + 1, 1e4 / (i + 1), 4000));
    const place = { epoch: 10_000, rowsDone: 123_455, rows: 123_456 };
    const line = progressLine(place, long, { epochs: 20_000, columns });
    expect(line.length).toBeLessThan(columns);
    if (columns >= 80) expect(line).toMatch(/\d+ d \d+ h left {2}best 1\.000 px {2}[▁-█]{8,}$/);
  });

  test('losses that are no numbers leave no trace but a blank', () => {
    const broken = [record(1, Number.NaN), record(2, 5)];
    const line = progressLine(half, broken, { epochs: 4, columns: 80 });
    expect(line).toMatch(/best 5\.000 px {3}▁$/);
    expect(line).not.toMatch(/NaN|Infinity/);
    const none = progressLine(half, [record(1, Number.NaN)], { epochs: 4, columns: 80 });
    expect(none).not.toMatch(/best|NaN|Infinity/);
  });
});
