import { expect, test } from 'vitest';
import { printable } from './printable.ts';

test('what a terminal would obey is shown instead', () => {
  expect(printable('a\u001b[2Jb\u0000\u009b1m\r')).toBe('a\\x1b[2Jb\\x00\\x9b1m\\x0d');
});

test('lines, tabs and other languages stay', () => {
  expect(printable('é\t目\n👍')).toBe('é\t目\n👍');
});
