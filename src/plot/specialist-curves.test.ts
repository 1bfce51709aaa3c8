import { describe, expect, test } from 'vitest';
import { specialistCurves, stretch, weightedMean } from './specialist-curves.ts';

describe('stretch', () => {
  test.each<[number[], number, number[]]>([
    [[1, 3], 4, [1, 1, 3, 3]],
    [[1, 2, 3], 2, [4 / 3, 8 / 3]],
    [[5], 3, [5, 5, 5]],
    [[], 3, []],
  ])('%j to %i parts', (values, parts, expected) => {
    const stretched = stretch(values, parts);
    expect(stretched).toHaveLength(expected.length);
    stretched.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12);
    });
  });

  test.each([1, 7, 99, 100, 101, 9_999])('keeps the mean of %i values', (length) => {
    const values = Array.from({ length }, (_, i) => 1 / (i + 1));
    const mean = (numbers: readonly number[]): number =>
      numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    expect(mean(stretch(values))).toBeCloseTo(mean(values), 10);
  });
});

test('the mean weighs squared errors by the number of values', () => {
  expect(weightedMean([[1, 2], [4, 8], []], [3, 1, 100])).toEqual([1.75, 3.5]);
});

test('draws every specialist twice, and the mean', () => {
  const history = [1, 2, 3].map((epoch) => ({
    epoch,
    trainLoss: 0.01 / epoch,
    validLoss: epoch === 2 ? Number.NaN : 0.02 / epoch,
  }));
  const specialists = [
    { name: 'eyes <&"', history, values: 1200 },
    { name: 'nose', history: history.slice(0, 1), values: 300 },
  ];
  const svg = specialistCurves(specialists, { title: 'Specialists', side: 96 });
  expect(svg.match(/<g class="series">/g)).toHaveLength(6);
  expect(svg).toContain('eyes &lt;&amp;&quot; (1,200 values)');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(specialistCurves(specialists, { title: 'Specialists', side: 96 })).toBe(svg);
});
