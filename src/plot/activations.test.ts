import { expect, test } from 'vitest';
import { captionsOf, count } from '../../test/svg-text.ts';
import { activationsFigure } from './activations.ts';

const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => i - 3);
const image = new Uint8Array(64);
const format = { side: 8, channels: 1 } as const;

test('the strongest maps under their numbers, bars for short vectors, a strip for long ones', () => {
  const maps = Float32Array.from([0, 0, 0, 0, 5, 5, 5, 5, 1, 1, 1, 1]);
  const layers = [
    { name: 'conv1', shape: [3, 2, 2], values: maps },
    { name: 'dense1', shape: [129], values: ramp(129) },
    { name: 'dense2', shape: [4], values: Float32Array.of(1, -1, Number.NaN, 3) },
  ];
  const svg = activationsFigure(layers, { title: 'net', image, format, maps: 2 });
  expect(count(svg, '<g class="layer"')).toBe(4);
  expect(svg).toContain('the strongest 2 of 3 maps of 2 × 2');
  expect(captionsOf(svg)).toEqual(['2', '3']);
  const [bars] = /<g class="bars">.*?<\/g>/.exec(svg)!;
  expect(count(bars, '<rect')).toBe(3);
  expect(count(bars, 'fill-blue')).toBe(1);
  expect(activationsFigure(layers, { title: 'net', image, format, maps: 2 })).toBe(svg);
});

test.each([0, Number.NaN, Number.POSITIVE_INFINITY, -1e300])('all values %s', (value) => {
  const layers = [
    { name: '<', shape: [2, 3, 3], values: new Float64Array(18).fill(value) },
    { name: '"', shape: [136], values: new Float64Array(136).fill(value) },
    { name: '&', shape: [2], values: new Float64Array(2).fill(value) },
  ];
  expect(activationsFigure(layers, { title: '', image, format, width: 1 })).not.toMatch(
    /NaN|Infinity/,
  );
});
