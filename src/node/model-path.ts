import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { PICTURE_ENDINGS } from './read-picture.ts';
import { hasModel, isFolder, isRun } from './run-folder.ts';
import { isTeamFolder } from './team-folder.ts';

/** Where the header of a safetensors file begins, with a brace. */
const HEADER = 8;

/**
 * Whether a path is that of a model, where it could also be a picture or a folder of pictures. What is
 * not there is taken for a picture if its name ends as those of pictures do.
 */
export async function isModelPath(path: string): Promise<boolean> {
  if (await isFolder(path)) {
    return (await isTeamFolder(path)) || (await isRun(path)) || (await hasModel(path));
  }
  const ending = extname(path).toLowerCase();
  if (PICTURE_ENDINGS.includes(ending)) return false;
  if (ending === '.safetensors' || ending === '.onnx') return true;
  const start = Buffer.alloc(HEADER + 1);
  try {
    const file = await open(path);
    await file.read(start, 0, start.length, 0).finally(() => file.close());
  } catch {
    return true;
  }
  return start[HEADER] === '{'.charCodeAt(0);
}
