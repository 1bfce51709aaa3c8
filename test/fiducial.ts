import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { built } from './dist.ts';

/** The built command line. */
export const MAIN = fileURLToPath(built('src/cli/main.js'));

/** What a command left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the built command line in a process of its own, as a person would.
 *
 * @param folder where it runs, and what names of files are relative to
 * @example
 * const { code, stdout } = await fiducial(folder, 'describe', 'faces.csv');
 */
export function fiducial(folder: string, ...args: readonly string[]): Promise<Outcome> {
  return node(folder, MAIN, ...args);
}

/** The same, with arguments for Node before the script's name. */
export function node(folder: string, ...args: readonly string[]): Promise<Outcome> {
  return nodeWith({}, folder, ...args);
}

/** The same, with variables of the environment besides ours. */
export function nodeWith(
  env: Readonly<Record<string, string>>,
  folder: string,
  ...args: readonly string[]
): Promise<Outcome> {
  const options = { cwd: folder, env: { ...process.env, ...env } };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const code = error ? error.code : 0;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      else reject(error);
    });
  });
}
