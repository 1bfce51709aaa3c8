import { InputError } from '../errors.ts';

/**
 * Names of keypoints as columns of a table and options of commands can hold them: letters, digits and
 * underscores.
 *
 * @param names as an annotation tool wrote them
 * @param where for messages
 * @throws InputError where there are none, where nothing is left of one, and where two become the same
 * @example
 * columnNames(['left eye', 'nose-tip'], 'coco.json'); // ['left_eye', 'nose_tip']
 */
export function columnNames(names: readonly string[], where: string): string[] {
  if (names.length === 0) {
    throw new InputError(`${where}: no keypoints are named`, 'Name one keypoint at least.');
  }
  const firstOf = new Map<string, string>();
  return names.map((name) => {
    const column = name.replace(/[^\p{L}\p{M}\p{N}]+/gu, '_').replace(/^_|_$/g, '');
    if (column === '') {
      throw new InputError(
        `${where}: "${name}" is no name for a keypoint`,
        'A name has letters or digits.',
      );
    }
    const first = firstOf.get(column);
    if (first !== undefined) {
      throw new InputError(
        first === name
          ? `${where}: two keypoints are called "${name}"`
          : `${where}: the keypoints "${first}" and "${name}" would both become "${column}"`,
        'Rename one of the two; letters and digits tell names apart.',
      );
    }
    firstOf.set(column, name);
    return column;
  });
}

/**
 * Reads a file of names, one a line; blank lines are skipped.
 *
 * @throws InputError as `columnNames`
 */
export const parsePointNames = (text: string, fileName: string): string[] =>
  columnNames(
    text.split(/\r?\n/).filter((line) => line.trim() !== ''),
    fileName,
  );
