/**
 * A number of things in words.
 *
 * @example
 * counted(1200, 'face'); // '1,200 faces'
 */
export const counted = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
