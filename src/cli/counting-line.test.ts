import { expect, test } from 'vitest';
import { countingText } from './counting-line.ts';

test('rate and time that is left follow from the time that has passed', () => {
  expect(countingText({ done: 250, total: 1000, seconds: 4 }, 'pictures')).toBe(
    '250 of 1,000 pictures, 63 a second, 12 s left',
  );
  expect(countingText({ done: 0, total: 7, seconds: 0.5 }, 'pictures')).toBe('0 of 7 pictures');
  expect(countingText({ done: 260, already: 250, total: 1000, seconds: 4 }, 'pictures')).toBe(
    '260 of 1,000 pictures, 2.5 a second, 4 min 56 s left',
  );
});
