/**
 * Files, for programs in Node: what `fiducial` itself leaves to its caller.
 *
 * @module
 */

// # Find keypoints
// Models on the disk, or the one that comes with this package.

export { load } from './load.ts';

// # Files
// Tables, models and runs on the disk. Whatever is written appears whole or not at all.

export { decodePicture, readPicture } from './read-picture.ts';
export { readTable } from './read-table.ts';
export { readHistory, readModel, readRecipe, writeModel } from './run-folder.ts';
export { writeTable } from './write-table.ts';
