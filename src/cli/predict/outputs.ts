import { stat } from 'node:fs/promises';
import { InputError } from '../../errors.ts';
import { contents } from '../../node/run-folder.ts';
import { refuseToReplace } from '../output.ts';

/** Where answers go. */
export interface OutputFlags {
  readonly out?: string;
  readonly draw?: string;
  readonly resume?: true;
  readonly force: boolean;
}

/** The file in which answers are kept until all are there. */
export const partialPath = (out: string): string => `${out}.partial`;

/**
 * Refuses what cannot be written where it shall be, before anybody waits for it.
 *
 * @throws InputError where something is in the way, and where a folder is missing
 */
export async function checkOutputs({ out, draw, resume, force }: OutputFlags): Promise<void> {
  if (resume && force) {
    throw new InputError(
      '--resume goes on with what is there, --force replaces it',
      'Give one of the two.',
    );
  }
  if (resume && out === undefined) {
    throw new InputError('--resume goes on with a file', 'Name the file with --out.');
  }
  if (out !== undefined) {
    const begun = await stat(partialPath(out)).catch(() => undefined);
    if (begun && resume) return;
    if (begun && !force) {
      throw new InputError(
        `${partialPath(out)}: an earlier command did not come to its end`,
        'Go on with it (--resume), or begin again (--force).',
      );
    }
    await refuseToReplace(out, force);
  }
  if (draw !== undefined && !force && (await contents(draw)).length > 0) {
    throw new InputError(
      `${draw}: the folder is not empty`,
      'Choose another folder with --draw, or add --force to replace drawings of the same names.',
    );
  }
}
