import { STRIP } from '../dense-constants';
import { Step } from './step';
import { claim } from './team';

/**
 * The matrices of a dense layer, rows or outputs by inputs, are kept as strips of 48 inputs,
 * [strip][line][48]: what a product works on at a time lies in one piece. The distance from one strip to
 * the next leaves a line unused: an odd number of lines keeps the same line of many strips from falling
 * into the same few sets of a cache.
 */
export const LINE_BYTES: usize = <usize>STRIP << 2;

@unmanaged
export class PackStripsArguments {
  /** [row][column]. */
  source: usize;
  /** [strip][row][48]; what is behind the last column stays zero. */
  strips: usize;
  stripBytes: i32;
  /** A multiple of four. */
  columns: i32;
}

/** Strips of one item of work: a row is read a page at a time. */
const GROUP: i32 = 21;

/** Copies a matrix into strips. */
export function packStrips(a: PackStripsArguments, step: Step): void {
  const rowBytes = <usize>a.columns << 2;
  const groups = (a.columns + GROUP * STRIP - 1) / (GROUP * STRIP);
  for (let group = claim(groups); group >= 0; group = claim(groups)) {
    const start = <usize>(group * GROUP) * LINE_BYTES;
    const end = min(rowBytes, start + <usize>GROUP * LINE_BYTES);
    for (let row = 0; row < step.rows; row++) {
      const from = a.source + <usize>row * rowBytes;
      let to = a.strips + <usize>(group * GROUP) * <usize>a.stripBytes + <usize>row * LINE_BYTES;
      for (let at = start; at < end; at += LINE_BYTES) {
        copyLine(to, from + at, min(LINE_BYTES, end - at));
        to += <usize>a.stripBytes;
      }
    }
  }
}

/** Copies a line of a strip, or the beginning of one. */
export function copyLine(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, v128.load(from + i));
}
