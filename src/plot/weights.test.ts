import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { captionsOf, count } from '../../test/svg-text.ts';
import { weightsFigure } from './weights.ts';

const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => i - 3);

test('filters over one channel are tiles with their numbers', () => {
  const svg = weightsFigure({ shape: [5, 1, 3, 3], values: ramp(45) }, { title: 'a<&"b' });
  expect(count(svg, '<g class="tile"')).toBe(5);
  expect(captionsOf(svg)).toEqual(['1', '2', '3', '4', '5']);
  expect(svg).toContain('weight: -41');
  expect(svg).toContain('a&lt;&amp;&quot;b');
});

test('filters over three channels are tiles in which these stand side by side', () => {
  const svg = weightsFigure({ shape: [5, 3, 3, 3], values: ramp(135) }, { title: 'conv1' });
  expect(captionsOf(svg)).toEqual(['1', '2', '3', '4', '5']);
  expect(svg).toContain('three input channels stand side by side');
  const [, uri] = /href="data:image\/png;base64,([^"]+)"/.exec(
    svg.slice(svg.indexOf('class="tile"')),
  )!;
  const { width, height } = decode(Buffer.from(uri!, 'base64'));
  expect(width / height).toBeCloseTo(11 / 3, 10);
});

test('filters over several channels are one matrix', () => {
  const svg = weightsFigure({ shape: [5, 4, 2, 2], values: ramp(80) }, { title: 'conv2' });
  expect(count(svg, '<g class="matrix"')).toBe(1);
  expect(svg).toContain('4 input channels');
  expect(svg).toContain('5 filters');
});

test.each([0, Number.NaN, Number.POSITIVE_INFINITY, 1e300])('all weights %s', (value) => {
  const values = new Float64Array(9).fill(value);
  const weights = { shape: [1, 1, 3, 3], values } as const;
  const svg = weightsFigure(weights, { title: 'odd' });
  expect(svg).not.toMatch(/NaN|Infinity/);
  expect(weightsFigure(weights, { title: 'odd' })).toBe(svg);
});
