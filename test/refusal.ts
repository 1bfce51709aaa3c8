import { expect } from 'vitest';

/**
 * What `toThrow` and `rejects` are given where an `InputError` is expected; its advice is free.
 *
 * @param message the whole message, or a pattern for it
 * @example
 * expect(() => parseCsv('', 'a.csv')).toThrow(refusal('a.csv: the file is empty'));
 */
export const refusal = (message: string | RegExp): unknown =>
  expect.objectContaining({
    name: 'InputError',
    message: message instanceof RegExp ? expect.stringMatching(message) : message,
  });
