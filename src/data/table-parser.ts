import { InputError } from '../errors.ts';
import { DECIMAL } from './coordinate.ts';
import type { Dataset } from './dataset.ts';
import { PixelReader } from './pixel-reader.ts';
import { keypointColumns, keypointSchema } from './schema.ts';

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;

const IMAGE = 'Image';
/** A field longer than this, in bytes, is most likely a quote that was never closed. */
const LONGEST_TEXT = 1 << 16;
const EXPORT_AGAIN = 'Export or download the table again, or remove the row.';

/** Where the parser stands in a field: before it, in it, between its quotes, behind its last quote. */
type FieldState = 'start' | 'plain' | 'quoted' | 'closed';

/** What a column of the table holds. */
type Column =
  | { readonly name: string; readonly holds: 'image' }
  | { readonly name: string; readonly holds: 'coordinate'; readonly slot: number }
  | { readonly name: string; readonly holds: 'text'; readonly values: string[] };

/**
 * Reads a table of labelled pictures in one pass: chunks of bytes in, a dataset out.
 *
 * The table is comma-separated with a header (RFC 4180: quoted fields, Windows line ends, a byte-order
 * mark and blank lines are fine). `Image` holds the pixels of a square picture (grey
 * values; or all red ones, then green, then blue), `<name>_x` and
 * `<name>_y` a keypoint in pixels (empty where it is missing); other columns are kept as text.
 *
 * @throws InputError from `push` and `finish`, with file, row (from 1, without the header) and column
 * @example
 * const parser = new TableParser('faces.csv');
 * for await (const chunk of file.stream()) parser.push(chunk);
 * const dataset = parser.finish();
 */
export class TableParser {
  readonly #fileName: string;
  readonly #pixels: PixelReader;
  /** The name of each column, filled while the header is read. */
  readonly #header: string[] = [];
  /** Known once the header is read. */
  #columns: readonly Column[] | undefined;
  #imageColumn = -1;
  #points: readonly string[] = [];

  /** Rows finished so far. */
  #rows = 0;
  /** Index of the field being read. */
  #field = 0;
  #state: FieldState = 'start';
  readonly #text = new Uint8Array(LONGEST_TEXT);
  #textLength = 0;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #rowLabels = new Float32Array(0);
  readonly #labels: number[] = [];

  /** Bytes of the byte-order mark seen, all of them once anything else has come. */
  #markBytes = 0;
  #atEnd = false;

  /** @param fileName for messages, as the person gave it */
  constructor(fileName: string) {
    this.#fileName = fileName;
    this.#pixels = new PixelReader((what, advice) => this.#problem(what, advice));
  }

  /**
   * Takes the next bytes of the table.
   *
   * @param chunk any number of bytes; it may end anywhere
   * @throws InputError where the table is not what it should be, with file, row and column
   */
  push(chunk: Uint8Array): void {
    let index = this.#skipByteOrderMark(chunk);
    while (index < chunk.length) {
      if (this.#field === this.#imageColumn && this.#state !== 'closed') {
        const next = this.#pixels.read(chunk, index);
        if (next > index) {
          if (this.#state === 'start') this.#state = 'plain';
          index = next;
          continue;
        }
      }
      this.#take(chunk[index++]);
    }
  }

  /** Ends the table. */
  finish(): Dataset {
    this.#atEnd = true;
    if (this.#state === 'quoted') {
      throw this.#problem('the file ends inside a quoted field');
    }
    this.#endLine();
    if (!this.#columns) throw new InputError(`${this.#fileName}: the file is empty`, EXPORT_AGAIN);
    if (this.#rows === 0) {
      throw new InputError(`${this.#fileName}: the table has a header but no rows`, EXPORT_AGAIN);
    }
    const { side, channels } = this.#pixels.format!;
    const texts = this.#columns.filter((column) => column.holds === 'text');
    return {
      schema: keypointSchema(this.#points, side, channels),
      rows: this.#rows,
      images: this.#pixels.images,
      labels: Float32Array.from(this.#labels),
      columns: Object.fromEntries(texts.map(({ name, values }) => [name, values])),
    };
  }

  #skipByteOrderMark(chunk: Uint8Array): number {
    let index = 0;
    while (this.#markBytes < BYTE_ORDER_MARK.length && index < chunk.length) {
      if (chunk[index] === BYTE_ORDER_MARK[this.#markBytes]) {
        index++;
        this.#markBytes++;
      } else {
        const name = BYTE_ORDER_MARK.slice(0, this.#markBytes); // a name that starts like a mark
        this.#markBytes = BYTE_ORDER_MARK.length;
        for (const byte of name) this.#take(byte);
      }
    }
    return index;
  }

  /** Takes one byte that belongs to no pixel. */
  #take(byte: number): void {
    if (byte === QUOTE && this.#state !== 'plain') {
      if (this.#state === 'closed') this.#append(byte); // a doubled quote stands for one
      this.#state = this.#state === 'quoted' ? 'closed' : 'quoted';
    } else if (this.#state === 'quoted') {
      this.#append(byte);
    } else if (byte === COMMA) {
      this.#endField();
    } else if (byte === LINE_FEED || byte === CARRIAGE_RETURN) {
      this.#endLine(); // "\r\n" ends a line and then a blank one, which counts for nothing
    } else if (this.#state === 'closed') {
      throw this.#problem('text behind the closing quote', 'Write a quote in quotes twice: "".');
    } else {
      this.#state = 'plain';
      this.#append(byte);
    }
  }

  #append(byte: number): void {
    if (this.#field === this.#imageColumn) {
      throw this.#problem(
        `found ${JSON.stringify(String.fromCharCode(byte))} between the pixels`,
        'Separate the pixels of an image by one space each.',
      );
    }
    if (this.#textLength === LONGEST_TEXT) {
      throw this.#problem(
        `the text is longer than ${LONGEST_TEXT} bytes`,
        'Close the quote that opens the field, or remove the column.',
      );
    }
    this.#text[this.#textLength++] = byte;
  }

  #endLine(): void {
    if (this.#field === 0 && this.#state === 'start') return;
    this.#endField();
    if (this.#columns) {
      if (this.#field !== this.#columns.length) {
        throw this.#problem(
          `expected ${this.#columns.length} fields as in the header, found ${this.#field}`,
        );
      }
      for (const coordinate of this.#rowLabels) this.#labels.push(coordinate);
      this.#rows++;
    } else {
      this.#columns = this.#readHeader();
    }
    this.#field = 0;
  }

  #endField(): void {
    const column = this.#columns?.[this.#field];
    if (!this.#columns) this.#header.push(this.#takeText());
    else if (column?.holds === 'image') this.#pixels.endImage();
    else if (column?.holds === 'coordinate') this.#rowLabels[column.slot] = this.#takeCoordinate();
    else if (column?.holds === 'text') column.values.push(this.#takeText());
    this.#textLength = 0;
    this.#state = 'start';
    this.#field++;
  }

  #readHeader(): Column[] {
    const header = this.#header;
    const { points, slots } = keypointColumns(header, this.#fileName);
    this.#imageColumn = header.indexOf(IMAGE);
    if (this.#imageColumn < 0) {
      const shown = header.slice(0, 5).join(', ') + (header.length > 5 ? ', …' : '');
      throw new InputError(
        `${this.#fileName}, header: no column "${IMAGE}"; the columns are ${shown}`,
        `The pixels of a row stand in a column "${IMAGE}", separated by spaces.`,
      );
    }
    this.#points = points;
    this.#rowLabels = new Float32Array(2 * points.length);
    return header.map((name, index): Column => {
      if (index === this.#imageColumn) return { name, holds: 'image' };
      const slot = slots[index];
      if (slot >= 0) return { name, holds: 'coordinate', slot };
      return { name, holds: 'text', values: [] };
    });
  }

  #takeText(): string {
    return this.#decoder.decode(this.#text.subarray(0, this.#textLength));
  }

  #takeCoordinate(): number {
    const text = this.#takeText().trim();
    if (text === '') return Number.NaN;
    const value = Math.fround(Number(text));
    if (!DECIMAL.test(text) || !Number.isFinite(value)) {
      const shown = text.length > 20 ? `${text.slice(0, 20)}…` : text;
      throw this.#problem(
        `the coordinate "${shown}" is not a finite number`,
        'Write a coordinate in pixels, such as 66.03; leave the field empty where it is missing.',
      );
    }
    return value;
  }

  /** The error for something wrong in the row and field being read. */
  #problem(what: string, advice = EXPORT_AGAIN): InputError {
    const row = this.#columns ? `row ${this.#rows + 1}` : 'header';
    const name = this.#columns?.[this.#field]?.name;
    const where = `${this.#fileName}, ${row}${name === undefined ? '' : `, column ${name}`}`;
    const cutOff = this.#atEnd ? '; the last line looks cut off' : '';
    return new InputError(`${where}: ${what}${cutOff}`, advice);
  }
}
