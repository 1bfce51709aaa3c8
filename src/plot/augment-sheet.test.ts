import { expect, test } from 'vitest';
import { augmentSheet } from './augment-sheet.ts';

test('a column for each way, a line for each face, points where they are', () => {
  const image = new Uint8Array(64).fill(100);
  const faces = [
    { image, truth: Float32Array.of(2, 4, Number.NaN, Number.NaN) },
    { image, truth: Float32Array.of(6, 1, 0, 0) },
  ];
  const columns = [
    { name: 'as it is', strength: '', faces },
    { name: 'noise <', strength: 'up to 5 %', faces },
  ];
  const svg = augmentSheet(columns, { title: 'T', note: 'N', size: 80, theme: 'light' });
  expect(svg.match(/<image /g)).toHaveLength(4);
  const rings = [...svg.matchAll(/class="truth" transform="translate\((\S+) (\S+)\)"/g)];
  const places = rings.map(([, x, y]) => `${x} ${y}`);
  expect(places).toEqual(['20 40', '60 10', '0 0', '20 40', '60 10', '0 0']);
  expect(svg).toContain('noise &lt;');
  expect(svg).toContain('up to 5 %');
});
