import fc from 'fast-check';
import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { channelsOf, planesOf } from './picture.ts';

test.each<[string, number[], number[]]>([
  ['red', [255, 0, 0], [76]],
  ['green', [0, 255, 0], [150]],
  ['blue', [0, 0, 255], [29]],
  ['half transparent black', [0, 0, 0, 128], [127]],
  ['what is all transparent', [9, 9, 9, 0], [255]],
  ['grey', [77], [77]],
])('%s becomes grey', (_, data, grey) => {
  expect([...planesOf({ width: 1, height: 1, data: Uint8Array.from(data) }, 1)]).toEqual(grey);
});

test('colours stand in planes; grey in three equal ones', () => {
  const data = Uint8Array.of(1, 2, 3, 4, 5, 6);
  expect([...planesOf({ width: 2, height: 1, data }, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
  expect([...planesOf({ width: 1, height: 2, data: Uint8Array.of(7, 8) }, 3)]).toEqual([
    7, 8, 7, 8, 7, 8,
  ]);
});

test('equal colours are that grey, whatever their form', () => {
  fc.assert(
    fc.property(fc.nat(255), (value) => {
      for (const data of [[value], [value, value, value], [value, value, value, 255]]) {
        const picture = { width: 1, height: 1, data: Uint8ClampedArray.from(data) };
        expect([...planesOf(picture, 1)]).toEqual([value]);
      }
    }),
  );
});

test.each([[0], [2], [5]])('%d values a pixel are refused', (channels) => {
  const data = new Uint8Array(channels * 6);
  expect(() => channelsOf({ width: 3, height: 2, data })).toThrow(
    refusal(`a picture of 3 x 2 pixels has ${channels * 6} values, expected 1, 3 or 4 a pixel`),
  );
});
