import { type MirrorPair, parseMirrorPairs } from '../data/mirror-pairs.ts';
import { readText } from './read-file.ts';

/** Reads which points mirror each other from a file `Point,Mirror`. */
export const readMirrorPairs = async (
  path: string,
  points: readonly string[],
): Promise<MirrorPair[]> => parseMirrorPairs(await readText(path), path, points);
