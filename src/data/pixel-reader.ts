import type { InputError } from '../errors.ts';
import { formatOfSize, type ImageFormat, imageSize } from './image-format.ts';

const ZERO = 0x30;
const SPACE = 0x20;
/** Bytes that end the image field: line feed, carriage return, quote, comma. */
const DELIMITERS: readonly number[] = [0x0a, 0x0d, 0x22, 0x2c];

/** Bytes from which on the buffer of pixels only doubles; before, fewer copies are worth more. */
const LARGE = 1 << 26;

/**
 * Turns the text of images, `238 236 …`, into bytes without a string in between. All pixels go into
 * one buffer that grows when it is full; pages that no pixel touches cost no memory.
 */
export class PixelReader {
  /** Of every image, known after the first. */
  format: ImageFormat | undefined;
  readonly #problem: (what: string, advice?: string) => InputError;
  #pixels = new Uint8Array(1 << 16);
  /** Where the next pixel goes. */
  #position = 0;
  /** Where the row's first pixel went. */
  #rowStart = 0;
  /** Value of the digits so far. */
  #value = 0;
  /** Whether the pixel under way has digits yet. */
  #hasDigits = false;
  /** What is no pixel, a character a byte; collected to its end, for the message. */
  #wrong: string | undefined;

  /** @param problem makes the error for what is wrong with the image being read */
  constructor(problem: (what: string, advice?: string) => InputError) {
    this.#problem = problem;
  }

  /**
   * Reads pixels up to the end of the field or of the chunk, whichever comes first.
   *
   * @returns the index of the first byte not read
   */
  read(chunk: Uint8Array, start: number): number {
    const index = this.#wrong === undefined ? this.#readNumbers(chunk, start) : start;
    return this.#wrong === undefined ? index : this.#readWrong(chunk, index);
  }

  /** Ends the row's image and checks its size. */
  endImage(): void {
    if (this.#wrong !== undefined) throw this.#wrongPixel(this.#wrong);
    if (this.#position === this.#rowStart && !this.#hasDigits) {
      throw this.#problem('the image is empty');
    }
    if (!this.#hasDigits) throw this.#wrongPixel('');
    this.#reserve(this.#position + 1);
    this.#endPixel();
    const count = this.#position - this.#rowStart;
    this.format ??= formatOfSize(count);
    if (!this.format) {
      throw this.#problem(
        `${count} pixels, expected a square number such as 9216 (96 x 96)`,
        'Pictures in colour have three times as many values: 27648 (3 x 96 x 96).',
      );
    }
    const { side, channels } = this.format;
    if (count !== imageSize(this.format)) {
      const planes = channels === 1 ? '' : `${channels} x `;
      throw this.#problem(
        `${count} pixels, expected ${imageSize(this.format)} (${planes}${side} x ${side})`,
      );
    }
    this.#rowStart = this.#position;
  }

  /** All pixels so far, row after row. */
  get images(): Uint8Array {
    return this.#pixels.subarray(0, this.#rowStart);
  }

  #readNumbers(chunk: Uint8Array, start: number): number {
    // A chunk of n bytes holds at most n pixels, so none of them needs a check of its own.
    this.#reserve(this.#position + chunk.length - start + 1);
    for (let index = start; ; index++) {
      if (!this.#hasDigits) index = this.#readWhole(chunk, index);
      if (index === chunk.length) return index;
      const digit = chunk[index] ^ ZERO;
      if (digit <= 9) {
        this.#hasDigits = true;
        this.#value = this.#value * 10 + digit;
        if (this.#value > 255) {
          this.#wrong = String(this.#value);
          return index + 1;
        }
      } else if (chunk[index] === SPACE && this.#hasDigits) {
        this.#endPixel();
      } else {
        if (!DELIMITERS.includes(chunk[index]))
          this.#wrong = this.#hasDigits ? String(this.#value) : '';
        return index;
      }
    }
  }

  /**
   * Reads pixels as long as each is all there, as one to three digits and a space: nearly all of a
   * table. Neighbours are alike, so a processor mostly guesses how many digits the next one has.
   *
   * @returns where the first pixel starts that is not so
   */
  #readWhole(chunk: Uint8Array, start: number): number {
    const pixels = this.#pixels;
    let position = this.#position;
    let index = start;
    for (const last = chunk.length - 4; index <= last; ) {
      let value = chunk[index] ^ ZERO;
      if (value > 9) break;
      let length = 1;
      let next = chunk[index + 1] ^ ZERO;
      if (next <= 9) {
        value = value * 10 + next;
        length = 2;
        next = chunk[index + 2] ^ ZERO;
        if (next <= 9) {
          value = value * 10 + next;
          length = 3;
          next = chunk[index + 3] ^ ZERO;
        }
      }
      if (next !== (SPACE ^ ZERO) || value > 255) break;
      pixels[position++] = value;
      index += length + 1;
    }
    this.#position = position;
    return index;
  }

  #readWrong(chunk: Uint8Array, start: number): number {
    let index = start;
    for (; index < chunk.length && !DELIMITERS.includes(chunk[index]); index++) {
      if (chunk[index] === SPACE) throw this.#wrongPixel(this.#wrong!);
      this.#wrong += String.fromCharCode(chunk[index]);
    }
    return index;
  }

  #endPixel(): void {
    this.#pixels[this.#position++] = this.#value;
    this.#value = 0;
    this.#hasDigits = false;
  }

  #reserve(length: number): void {
    if (length <= this.#pixels.length) return;
    const growth = this.#pixels.length < LARGE ? 4 : 2;
    const larger = new Uint8Array(Math.max(length, growth * this.#pixels.length));
    larger.set(this.#pixels.subarray(0, this.#position));
    this.#pixels = larger;
  }

  #wrongPixel(latin1: string): InputError {
    const text = new TextDecoder().decode(Uint8Array.from(latin1, (c) => c.charCodeAt(0)));
    const number = this.#position - this.#rowStart + 1;
    const found = text === '' ? 'empty' : `"${text.length > 20 ? `${text.slice(0, 20)}…` : text}"`;
    return this.#problem(
      `pixel ${number} is ${found}, expected a whole number from 0 to 255`,
      'Pixels are values with one space between them: "238 236 237".',
    );
  }
}
