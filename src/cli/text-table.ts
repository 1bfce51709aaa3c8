/**
 * Lines of a table for people: names to the left, numbers to the right.
 *
 * @param header names of the columns
 * @param rows as many cells as columns
 */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

/** A length in pixels, to thousandths; `-` where there is none. */
export const pixels = (length: number | null): string =>
  length === null || Number.isNaN(length) ? '-' : length.toFixed(3);
