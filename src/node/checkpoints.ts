import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../errors.ts';
import { type Checkpoint, encodeCheckpoint } from '../train/checkpoint.ts';
import { readBytes } from './read-file.ts';
import { explainSystemError } from './system-error.ts';
import { isTemporaryFile, writeFileAtomically } from './write-file.ts';

/** Folder of a run in which its checkpoints stand. */
export const CHECKPOINTS = 'checkpoints';

/** A checkpoint, and what was found on the way to it. */
export interface FoundCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly file: string;
  /** Newer files that could not be used, each with the reason; the newest first. */
  readonly passedOver: readonly string[];
}

/**
 * Writes a checkpoint of a run. Once it is whole and on the disk, all others but the one before it are
 * removed.
 *
 * @param run folder of the run
 * @returns the file
 * @throws InputError where the system refuses; then the older checkpoints are still there
 * @example
 * await writeCheckpoint('runs/net2', checkpoint); // 'runs/net2/checkpoints/epoch-000012-step-000000156.safetensors'
 */
export async function writeCheckpoint(run: string, checkpoint: Checkpoint): Promise<string> {
  const folder = join(run, CHECKPOINTS);
  const path = join(folder, fileName(checkpoint));
  try {
    await mkdir(folder, { recursive: true });
    await writeFileAtomically(path, encodeCheckpoint(checkpoint));
    await removeOthers(folder, basename(path));
  } catch (error) {
    throw explainSystemError(error, path);
  }
  return path;
}

/**
 * Reads the newest checkpoint of a run that is whole.
 *
 * @param run folder of the run
 * @throws InputError where there is none
 * @example
 * const { checkpoint, passedOver } = await readNewestCheckpoint('runs/net2');
 */
export async function readNewestCheckpoint(run: string): Promise<FoundCheckpoint> {
  const folder = join(run, CHECKPOINTS);
  const { decodeCheckpoint } = await import('../train/decode-checkpoint.ts');
  const passedOver: string[] = [];
  for (const name of (await checkpointNames(folder)).reverse()) {
    const file = join(folder, name);
    try {
      return { checkpoint: decodeCheckpoint(await readBytes(file), file), file, passedOver };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      passedOver.push(error.message);
    }
  }
  throw new InputError(
    passedOver.length === 0
      ? `${run}: the run has no checkpoint from which it could go on`
      : `${run}: none of its checkpoints can be used:\n${passedOver.join('\n')}`,
    'Leave out --resume and train it again: in another folder, or here with --force.',
  );
}

/** Names whose alphabetical order is that of the training. */
function fileName({ epoch, stepsDone }: Checkpoint): string {
  const digits = (value: number, count: number): string => String(value).padStart(count, '0');
  return `epoch-${digits(epoch, 6)}-step-${digits(stepsDone, 9)}.safetensors`;
}

/** In the order of the training; none where the folder is missing. */
async function checkpointNames(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    return names.filter((name) => /^epoch-\d+-step-\d+\.safetensors$/.test(name)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw explainSystemError(error, folder);
  }
}

/**
 * What comes later in the alphabet than the newest was damaged and passed over when the run went on;
 * temporary files are those of a process that was killed.
 */
async function removeOthers(folder: string, newest: string): Promise<void> {
  const names = await checkpointNames(folder);
  const before = names[names.indexOf(newest) - 1];
  const superfluous = names.filter((name) => name !== newest && name !== before);
  const left = (await readdir(folder)).filter(isTemporaryFile);
  for (const name of [...superfluous, ...left]) await rm(join(folder, name), { force: true });
}
