import { InputError } from '../errors.ts';

/** A small table as text. Tables with pictures go through the streaming parser instead. */
export interface CsvTable {
  /** Name of the file, for messages. */
  readonly fileName: string;
  readonly header: readonly string[];
  /** The rows below the header, each as long as the header; `rows[0]` is "row 1" in messages. */
  readonly rows: readonly (readonly string[])[];
}

const BYTE_ORDER_MARK = '\ufeff';
const ADVICE = 'Export the table again.';

/**
 * Reads a small table: comma-separated, quoted fields as in RFC 4180. A byte-order mark, Windows line
 * ends, a missing last line end and blank lines at the end are accepted.
 *
 * @param text the whole file
 * @param fileName for messages
 * @throws InputError for an empty file, a header without rows, a row with too few or too many fields
 *   and a quote that is never closed
 * @example
 * parseCsv('Row,Group\n1,a\n', 'groups.csv').rows; // [['1', 'a']]
 */
export function parseCsv(text: string, fileName: string): CsvTable {
  const lines = splitLines(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text, fileName);
  while (lines.at(-1)?.join() === '') lines.pop();
  const [header, ...rows] = lines;
  if (!header) throw new InputError(`${fileName}: the file is empty`, ADVICE);
  if (rows.length === 0) {
    throw new InputError(`${fileName}: the table has a header but no rows`, ADVICE);
  }
  rows.forEach((fields, index) => {
    if (fields.length === header.length) return;
    throw new InputError(
      `${fileName}, row ${index + 1}: expected ${header.length} fields as in the header, found ${fields.length}`,
      ADVICE,
    );
  });
  return { fileName, header, rows };
}

/**
 * The rows as objects with the columns asked for; other columns are left out.
 *
 * @param table a table from `parseCsv`
 * @param names columns that must be there, in any order
 * @returns one object a row; the object at index i is row i + 1
 * @throws InputError where a column is missing or stands twice
 * @example
 * recordsOf(parseCsv('Row,Group\n1,a\n', 'groups.csv'), ['Group']); // [{ Group: 'a' }]
 */
export function recordsOf<Name extends string>(
  table: CsvTable,
  names: readonly Name[],
): Record<Name, string>[] {
  const columns = names.map((name): [Name, number] => {
    const index = table.header.indexOf(name);
    if (index < 0) {
      throw new InputError(
        `${table.fileName}: no column "${name}"; the header has ${table.header.join(', ')}`,
        `The table needs the columns ${names.join(', ')}.`,
      );
    }
    if (table.header.indexOf(name, index + 1) >= 0) {
      throw new InputError(`${table.fileName}: the column "${name}" stands twice`, ADVICE);
    }
    return [name, index];
  });
  return table.rows.map(
    (fields) =>
      Object.fromEntries(columns.map(([name, index]) => [name, fields[index]])) as Record<
        Name,
        string
      >,
  );
}

/**
 * One line of a table with its line end; fields are quoted where they need it.
 *
 * @example
 * csvLine(['1', 'a "b"']); // '1,"a ""b"""\n'
 */
export const csvLine = (fields: readonly string[]): string =>
  `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;

const QUOTED = /"([^"]*(?:""[^"]*)*)"/y;
const PLAIN = /[^,"\n]*?(?=[,"\n]|\r\n|\r?$)/y;
const SEPARATOR = /,|\r?\n|\r?$/y;

/** The lines as fields; a blank line is one empty field. */
function splitLines(text: string, fileName: string): string[][] {
  const lines: string[][] = [];
  let fields: string[] = [];
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (!match) {
      const where = lines.length === 0 ? 'header' : `row ${lines.length}`;
      throw new InputError(
        `${fileName}, ${where}, field ${fields.length + 1}: a quote out of place or never closed`,
        'A field that holds a quote stands in quotes, those inside it doubled: "a ""b""".',
      );
    }
    position = pattern.lastIndex;
    return match;
  };
  while (position < text.length || fields.length > 0) {
    fields.push(text[position] === '"' ? take(QUOTED)[1]!.replaceAll('""', '"') : take(PLAIN)[0]);
    if (take(SEPARATOR)[0] === ',') continue;
    lines.push(fields);
    fields = [];
  }
  return lines;
}
