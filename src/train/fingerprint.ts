import { crc32, crc32Text } from '../crc32.ts';
import type { TrainingData } from './training-data.ts';

/** CRC-32 of everything that a training learns from; a run goes on with the same alone. */
export interface Fingerprint {
  /** Of all pictures of the table. */
  readonly images: number;
  /** Of all its labels. */
  readonly labels: number;
  /** Of the rows that are trained and validated on. */
  readonly train: number;
  readonly valid: number;
}

export const fingerprintOf = ({ table, split }: TrainingData): Fingerprint => ({
  images: crc32(table.images),
  labels: bytesCrc32(table.labels),
  train: bytesCrc32(split.train),
  valid: bytesCrc32(split.valid),
});

/** In hexadecimal digits, as checkpoints have it. */
export const fingerprintText = ({ images, labels, train, valid }: Fingerprint): string =>
  [images, labels, train, valid].map(crc32Text).join('-');

/**
 * CRC-32 of the rows of the table that are trained and validated on, by which a later command knows
 * that it has divided the table in the same way.
 */
export const splitCrc32 = ({ split, tableRows }: TrainingData): number =>
  bytesCrc32(
    Uint32Array.from([
      split.train.length,
      ...[...split.train, ...split.valid].map((row) => tableRows[row]!),
    ]),
  );

const bytesCrc32 = ({ buffer, byteOffset, byteLength }: ArrayBufferView): number =>
  crc32(new Uint8Array(buffer, byteOffset, byteLength));
