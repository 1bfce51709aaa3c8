import { CommanderError } from 'commander';
import { InputError } from '../errors.ts';
import { VERSION } from '../node/version.ts';
import { printable } from './printable.ts';

/** A mistake in a file or in what a file holds. */
const INPUT_MISTAKE = 1;
/** A mistake in the command line itself: an unknown command, an option without its value. */
const USAGE_MISTAKE = 2;
/** A bug of ours; `EX_SOFTWARE` of sysexits.h. */
const BUG = 70;

/**
 * Says on the standard error what went wrong: in a sentence where the person can put it right, with a
 * stack trace where only we can.
 *
 * @param error anything that was thrown
 * @returns the exit code
 * @example
 * process.exitCode = reportFailure(error);
 */
export function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed it; asking for help or for the version ends in such an "error" too.
    return error.exitCode === 0 ? 0 : USAGE_MISTAKE;
  }
  if (error instanceof InputError) {
    const advice = error.advice === undefined ? '' : `${error.advice}\n`;
    process.stderr.write(printable(`error: ${error.message}\n${advice}`));
    return INPUT_MISTAKE;
  }
  const stack = error instanceof Error ? error.stack : undefined;
  process.stderr.write(
    `${stack ?? String(error)}\n\nThis is a bug in fiducial ${VERSION}, not a mistake of yours. ` +
      'Please report it with the lines above,\nthe command and what "fiducial doctor" prints.\n',
  );
  return BUG;
}
