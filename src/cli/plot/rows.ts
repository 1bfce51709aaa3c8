import { InvalidArgumentError } from 'commander';
import { InputError } from '../../errors.ts';

/** A parser of row numbers with commas between: `1,5,9`. */
export function rowNumbers(text: string): number[] {
  const numbers = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : 0));
  if (numbers.every((row) => row >= 1 && row <= Number.MAX_SAFE_INTEGER)) return numbers;
  throw new InvalidArgumentError('Expected rows counted from 1, with commas between, as in 1,5,9.');
}

/**
 * Refuses a row that a table does not have.
 *
 * @param row counted from 1
 */
export function requireRow(row: number, rows: number, fileName: string): void {
  if (row <= rows) return;
  throw new InputError(
    `${fileName}: there is no row ${row}, the table has ${rows}`,
    `Choose rows from 1 to ${rows}.`,
  );
}
