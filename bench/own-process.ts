import { fileURLToPath } from 'node:url';
import { PeerProcess, type PeerProcessOptions } from './peer-process.ts';

/** Modules of this package run built or, while it is developed, from their sources. */
const ENDING = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/**
 * The file of a module of this package.
 *
 * @param path from this folder, without its ending
 */
export const ownModule = (path: string): string =>
  fileURLToPath(new URL(`${path}${ENDING}`, import.meta.url));

/** Starts a module of this package in a process of its own. */
export const startOwn = (
  path: string,
  args: readonly string[],
  options: PeerProcessOptions,
): PeerProcess =>
  new PeerProcess(process.execPath, [...process.execArgv, ownModule(path), ...args], options);
