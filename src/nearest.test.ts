import { expect, test } from 'vitest';
import { didYouMean, nearest } from './nearest.ts';

const POINTS = ['left_eye_center', 'right_eye_center', 'nose_tip'];

test.each([
  ['nose_tip', 'nose_tip'],
  ['nose_tpi', 'nose_tip'],
  ['NOSE_TIP', 'nose_tip'],
  ['nosetip', 'nose_tip'],
  ['left_eye_centre', 'left_eye_center'],
  ['eye_center', 'left_eye_center'],
  ['chin', undefined],
  ['', undefined],
])('nearest to "%s" is %s', (name, expected) => {
  expect(nearest(name, POINTS)).toBe(expected);
});

test('a short name may differ in two letters, not in three', () => {
  expect(nearest('net', ['abc', 'net12'])).toBe('net12');
  expect(nearest('net', ['net123'])).toBe(undefined);
});

test('advice names the nearest, or all where none is near', () => {
  expect(didYouMean('nose_tpi', POINTS)).toBe('Did you mean "nose_tip"?');
  expect(didYouMean('chin', POINTS)).toBe('Known are left_eye_center, right_eye_center, nose_tip.');
});
