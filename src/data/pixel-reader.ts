import type { InputError } from '../errors.ts';

const ZERO = 0x30;
/** Bytes that end the image field: line feed, carriage return, quote, comma. */
const DELIMITERS: readonly number[] = [0x0a, 0x0d, 0x22, 0x2c];

/** What a byte is to the pixels of an image. */
const DIGIT = 0;
const SPACE = 1;
const OTHER = 2;
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= ZERO && byte <= ZERO + 9) return DIGIT;
  return byte === 0x20 ? SPACE : OTHER;
});

/**
 * Turns the text of images, `238 236 …`, into bytes without a string in between. All pixels go into
 * one buffer that doubles when it is full; pages that no pixel touches cost no memory.
 */
export class PixelReader {
  /** Width and height, known after the first image. */
  side = 0;
  readonly #problem: (what: string, advice?: string) => InputError;
  #pixels = new Uint8Array(1 << 16);
  /** Where the next pixel goes. */
  #position = 0;
  /** Where the row's first pixel went. */
  #rowStart = 0;
  /** Value of the digits so far. */
  #value = 0;
  /** Kind of the byte before, a space at the start of an image: whether the pixel has digits yet. */
  #before = SPACE;
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
    if (this.#position === this.#rowStart && this.#before === SPACE) {
      throw this.#problem('the image is empty');
    }
    this.#endPixel();
    const count = this.#position - this.#rowStart;
    if (this.side === 0) {
      const side = Math.round(Math.sqrt(count));
      if (side * side !== count) {
        throw this.#problem(`${count} pixels, expected a square number such as 9216 (96 x 96)`);
      }
      this.side = side;
    } else if (count !== this.side * this.side) {
      const { side } = this;
      throw this.#problem(`${count} pixels, expected ${side * side} (${side} x ${side})`);
    }
    this.#rowStart = this.#position;
  }

  /** All pixels so far, row after row. */
  get images(): Uint8Array {
    return this.#pixels.subarray(0, this.#rowStart);
  }

  #readNumbers(chunk: Uint8Array, start: number): number {
    // A chunk of n bytes holds at most n pixels, so the loop needs no check of its own.
    this.#reserve(this.#position + chunk.length - start + 1);
    const pixels = this.#pixels;
    let position = this.#position;
    let value = this.#value;
    let before = this.#before;
    let index = start;
    // No branch depends on how many digits a pixel has: a processor cannot guess that.
    for (; index < chunk.length; index++) {
      const byte = chunk[index];
      const kind = KINDS[byte];
      if (kind + before > SPACE) break; // no part of a pixel, or a second space
      pixels[position] = value;
      position += kind;
      value = (value * 10 + byte - ZERO) & (kind - 1); // 0 after a space
      before = kind;
      if (value > 255) break;
    }
    this.#position = position;
    this.#value = value;
    this.#before = before;
    if (index === chunk.length) return index;
    if (value > 255) {
      this.#wrong = String(value);
      return index + 1;
    }
    if (!DELIMITERS.includes(chunk[index])) this.#wrong = before === SPACE ? '' : String(value);
    return index;
  }

  #readWrong(chunk: Uint8Array, start: number): number {
    let index = start;
    for (; index < chunk.length && !DELIMITERS.includes(chunk[index]); index++) {
      if (KINDS[chunk[index]] === SPACE) throw this.#wrongPixel(this.#wrong!);
      this.#wrong += String.fromCharCode(chunk[index]);
    }
    return index;
  }

  #endPixel(): void {
    if (this.#before === SPACE) throw this.#wrongPixel('');
    this.#reserve(this.#position + 1);
    this.#pixels[this.#position++] = this.#value;
    this.#value = 0;
    this.#before = SPACE;
  }

  #reserve(length: number): void {
    if (length <= this.#pixels.length) return;
    const larger = new Uint8Array(Math.max(length, 2 * this.#pixels.length));
    larger.set(this.#pixels.subarray(0, this.#position));
    this.#pixels = larger;
  }

  #wrongPixel(latin1: string): InputError {
    const text = new TextDecoder().decode(Uint8Array.from(latin1, (c) => c.charCodeAt(0)));
    const number = this.#position - this.#rowStart + 1;
    const found = text === '' ? 'empty' : `"${text.length > 20 ? `${text.slice(0, 20)}…` : text}"`;
    return this.#problem(
      `pixel ${number} is ${found}, expected a whole number from 0 to 255`,
      'Pixels are grey values with one space between them: "238 236 237".',
    );
  }
}
