import { describe, expect, test } from 'vitest';
import { type ChartOptions, lineChart, tickText } from './chart.ts';

const chart = (points: readonly (readonly [number, number])[], more: Partial<ChartOptions> = {}) =>
  lineChart({
    title: 'net1',
    x: { label: 'epoch', whole: true },
    y: { label: 'loss', scale: 'log' },
    series: [{ name: 'valid', points }],
    ...more,
  });

/** The numbers along an axis. */
const ticks = (svg: string, axis: 'x' | 'y' | 'right'): string[] => {
  const [, markup] = new RegExp(`<g class="axis ${axis}">(.*?)</g>`, 's').exec(svg)!;
  const texts = [...markup!.matchAll(/class="fill-muted">([^<]*)</g)];
  return texts.map((match) => match[1]!);
};

describe('ticks', () => {
  test.each([
    [1, ['1']],
    [2, ['1', '2']],
    [3, ['1', '2', '3']],
    [8, ['1', '2', '3', '4', '5', '6', '7', '8']],
    [10_000, ['2,000', '4,000', '6,000', '8,000', '10,000']],
  ])('of %i epochs are whole', (epochs, expected) => {
    const points = Array.from({ length: epochs }, (_, i) => [i + 1, 1 / (i + 1)] as const);
    expect(ticks(chart(points), 'x')).toEqual(expected);
  });

  test('of a second axis are logarithmic over a long way and even over a short one', () => {
    const right = {
      label: 'RMSE (pixels)',
      convert: (loss: number) => 48 * Math.sqrt(loss),
      invert: (pixels: number) => (pixels / 48) ** 2,
    };
    const long = chart(
      [
        [1, 1e20],
        [2, 0.01],
      ].map(([x, y]) => [x!, y!] as const),
      { right },
    );
    expect(ticks(long, 'right').length).toBeGreaterThan(3);
    const short = chart(
      [
        [1, 0.012],
        [2, 0.01],
      ].map(([x, y]) => [x!, y!] as const),
      { right },
    );
    expect(ticks(short, 'right').length).toBeGreaterThan(3);
    expect(ticks(short, 'right')).toContain('5');
  });

  test.each([
    [0, '0'],
    [0.001, '0.001'],
    [0.1 + 0.2, '0.3'],
    [2000, '2,000'],
    [2e5, '2e5'],
    [-1e20, '-1e20'],
    [5e-5, '5e-5'],
  ])('%s is written %s', (value, expected) => {
    expect(tickText(value)).toBe(expected);
  });
});

test('what is no number breaks a line and nothing else', () => {
  const losses = [1, Number.NaN, 0.5, 0.4, Number.POSITIVE_INFINITY, 0, -1, 0.3, 0.2];
  const svg = chart(losses.map((loss, i) => [i + 1, loss]));
  expect(svg).not.toMatch(/NaN|Infinity/);
  const [, path] = /<g class="series"><path d="([^"]*)"/.exec(svg)!;
  expect(path!.match(/M/g)).toHaveLength(3);
});
