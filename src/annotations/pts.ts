import { DECIMAL } from '../data/coordinate.ts';
import { InputError } from '../errors.ts';
import { toContinuous } from './annotations.ts';

const FORM = /^\s*version:\s*1\s+n_points:\s*(\d+)\s*\{([^{}]*)\}\s*$/;

/**
 * Reads the keypoints of one picture in the form of the ibug group (300-W, LFPW, HELEN):
 * `version: 1 n_points: 68 { x y … }`, a keypoint a line.
 *
 * @param text the whole file
 * @param fileName for messages
 * @param firstPixel what is written for the centre of the first pixel; default 1, since ibug's
 *   coordinates count from 1
 * @returns coordinates of shape (points, 2), x before y, in continuous pixels
 * @throws InputError where the text has another form, where a line is no two numbers, and where there
 *   are more or fewer lines than `n_points` says
 * @example
 * parsePts('version: 1\nn_points: 1\n{\n30.5 40\n}\n', 'a.pts'); // [30, 39.5]
 */
export function parsePts(text: string, fileName: string, firstPixel = 1): Float64Array {
  const [, count, body] = FORM.exec(text.replace(/^\ufeff/, '')) ?? [];
  if (body === undefined) {
    throw new InputError(
      `${fileName}: is no file of points`,
      'It has the lines "version: 1", "n_points: 68", "{", an x and a y for each point, "}".',
    );
  }
  const lines = body.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length !== Number(count)) {
    throw new InputError(
      `${fileName}: n_points is ${count}, but ${lines.length} points follow`,
      'Put the number right, or write the file again.',
    );
  }
  return Float64Array.from(
    lines.flatMap((line, index) => {
      const numbers = line.trim().split(/[\s,]+/);
      if (numbers.length === 2 && numbers.every((number) => DECIMAL.test(number))) {
        return numbers.map((number) => Number(number) + toContinuous(firstPixel));
      }
      throw new InputError(
        `${fileName}, point ${index + 1}: "${line.trim()}", expected x and y`,
        'Write two numbers with a space between them.',
      );
    }),
  );
}
