import { writeFile } from 'node:fs/promises';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { tableRows } from '../src/data/write-table.ts';
import { zipArchive } from './zip-archive.ts';

/** Rows of Kaggle's training.csv. */
export const KAGGLE_ROWS = 7049;
/** So many are drawn; they come again and again. */
const DRAWN = 100;

/** The lines of a table of drawn faces of Kaggle's size: its header, then blocks with all its rows. */
export function kaggleLines(
  rows: number,
  { missing = true }: { readonly missing?: boolean } = {},
): { readonly header: Uint8Array; readonly blocks: Uint8Array[] } {
  const [header, ...lines] = tableRows(
    synthesize({ rows: Math.min(rows, DRAWN), seed: 42, missing }),
  ) as Iterable<Uint8Array> as [Uint8Array, ...Uint8Array[]];
  const block = Buffer.concat(lines);
  const rest = Buffer.concat(lines.slice(0, rows % lines.length));
  const blocks: Uint8Array[] = Array(Math.floor(rows / lines.length)).fill(block);
  return { header, blocks: rest.length > 0 ? [...blocks, rest] : blocks };
}

/** An archive like Kaggle's training.zip; returns the bytes of the text in it. */
export async function writeKaggleZip(path: string, rows: number): Promise<number> {
  const { header, blocks } = kaggleLines(rows);
  const texts = [header, ...blocks];
  // A full flush ends on a byte and forgets what came before, so that a block need be packed only once.
  const packedOnce = new Map<Uint8Array, Uint8Array>();
  for (const text of new Set(texts)) {
    packedOnce.set(text, deflateRawSync(text, { finishFlush: constants.Z_FULL_FLUSH }));
  }
  const size = texts.reduce((sum, { length }) => sum + length, 0);
  const training = {
    name: 'training.csv',
    method: 8 as const,
    crc32: texts.reduce((sum, text) => crc32(text, sum), 0),
    size,
    packed: [...texts.map((text) => packedOnce.get(text)!), deflateRawSync('')],
  };
  await writeFile(path, zipArchive([training]));
  return size;
}
