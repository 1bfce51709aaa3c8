import { type Dataset, imageOf } from './dataset.ts';

/**
 * Images that are equal to the last byte.
 *
 * @returns groups of two or more row indices from 0, each in ascending order, ordered by first row
 * @example
 * duplicateImages(dataset); // [[12, 840], [100, 101, 102]]
 */
export function duplicateImages(dataset: Dataset): number[][] {
  const image = (row: number) => imageOf(dataset, row);
  const groupsByHash = new Map<number, number[][]>();
  for (let row = 0; row < dataset.rows; row++) {
    const hash = hashOf(image(row));
    const groups = groupsByHash.get(hash) ?? [];
    const group = groups.find(([first]) => equal(image(first!), image(row)));
    if (group) group.push(row);
    else groups.push([row]);
    groupsByHash.set(hash, groups);
  }
  return [...groupsByHash.values()]
    .flat()
    .filter((group) => group.length > 1)
    .sort(([a], [b]) => a! - b!);
}

/** FNV-1a, 32 bits. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
