import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { captionsOf, count } from '../../test/svg-text.ts';
import { responsesFigure, strongest } from './responses.ts';

const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => i - 3);
const response = (unit: number, activation: number) => ({ unit, activation, input: ramp(16) });

test('the strongest first, equal ones by number, what is no number last', () => {
  const all = [response(0, 1), response(1, Number.NaN), response(2, 3), response(3, 1)];
  expect(strongest(all, 9).map(({ unit }) => unit)).toEqual([2, 0, 3, 1]);
  expect(strongest(all, 1).map(({ unit }) => unit)).toEqual([2]);
});

test('twelve of twenty in rows of six', () => {
  const all = Array.from({ length: 20 }, (_, i) => response(i, i));
  const svg = responsesFigure(all, { title: 'conv3', note: 'A note.' });
  expect(captionsOf(svg).slice(0, 2)).toEqual(['20: 19', '19: 18']);
  const places = [...svg.matchAll(/<g class="tile"(?: transform="translate\((\S+) (\S+)\)")?/g)];
  expect(places.length).toBe(12);
  expect(new Set(places.map(([, x = '0']) => x)).size).toBe(6);
  expect(new Set(places.map(([, , y = '0']) => y)).size).toBe(2);
  expect(responsesFigure(all, { title: 'conv3', note: 'A note.' })).toBe(svg);
});

test('pictures in colour', () => {
  const planes = Float32Array.from({ length: 12 }, (_, i) => Math.floor(i / 4));
  const svg = responsesFigure([{ unit: 0, activation: 1, input: planes }], { title: 'conv1' });
  const [, uri] = /href="data:image\/png;base64,([^"]+)"/.exec(svg)!;
  const { data } = decode(Buffer.from(uri!, 'base64'));
  const [red, green, blue] = data;
  expect([red, blue]).toEqual([65, 190]);
  expect(green).toBe(128);
});

test('one that never moved, and one that ran away', () => {
  const flat = { unit: 0, activation: 0, input: new Float32Array(9) };
  const wild = { unit: 1, activation: Number.POSITIVE_INFINITY, input: ramp(9).fill(Infinity) };
  const svg = responsesFigure([flat, wild], { title: 'odd' });
  expect(count(svg, '<g class="tile"')).toBe(2);
  expect(svg).not.toContain('NaN');
});
