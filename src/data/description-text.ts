import { counted } from '../counted.ts';
import type { Description, ScaledShape } from './describe.ts';
import { imageText } from './image-format.ts';
import type { MissingPattern } from './missing-patterns.ts';

const PATTERNS_SHOWN = 10;
const DUPLICATES_SHOWN = 5;
const ROWS_SHOWN = 5;

/**
 * A description as text for a terminal, with a line end after the last line.
 *
 * @example
 * process.stdout.write(descriptionText(describe(await readTable('training.zip'))));
 */
export function descriptionText(description: Description): string {
  const { rows, completeRows, points, scaled } = description;
  const sections = [
    [
      `${rows} rows, ${completeRows} of them complete`,
      `${points.length} keypoints, images of ${imageText(description)}`,
    ],
    countLines(description),
    completeRows === 0 || completeRows === rows
      ? []
      : ['complete rows:', ...shapeLines(scaled.complete)],
    ['all rows:', ...shapeLines(scaled.all)],
    patternLines(description),
    conventionLines(description),
    duplicateLines('equal images', description.duplicates, 'no two images are equal'),
    nearDuplicateLines(description),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function countLines({ counts, rows }: Description): string[] {
  const names = Math.max(...counts.map(({ column }) => column.length));
  const digits = String(rows).length;
  return [
    'values per column:',
    ...counts.map(
      ({ column, count }) => `  ${column.padEnd(names)}  ${String(count).padStart(digits)}`,
    ),
  ];
}

const shapeLines = (shape: ScaledShape): string[] =>
  (['X', 'y'] as const)
    .filter((name) => !Number.isNaN(shape[name].min))
    .map((name) => {
      const { shape: sizes, min, max } = shape[name];
      const range = `${name}.min == ${min.toFixed(3)}; ${name}.max == ${max.toFixed(3)}`;
      return `  ${name}.shape == (${sizes.join(', ')}); ${range}`;
    });

function patternLines({ missing, rows }: Description): string[] {
  if (missing.length === 0) return [];
  const digits = String(rows).length;
  const shown = missing.slice(0, PATTERNS_SHOWN);
  const others = missing.slice(PATTERNS_SHOWN);
  const lines = shown.map(
    (pattern) => `  ${String(pattern.rows).padStart(digits)}  ${patternText(pattern)}`,
  );
  if (others.length > 0) {
    const rest = others.reduce((sum, pattern) => sum + pattern.rows, 0);
    lines.push(`  ${String(rest).padStart(digits)}  in ${others.length} other patterns`);
  }
  return ['rows by keypoints that are labelled:', ...lines];
}

function patternText({ present, missing }: MissingPattern): string {
  if (missing.length === 0) return 'all';
  if (present.length === 0) return 'none';
  return present.length <= missing.length
    ? `only ${present.join(', ')}`
    : `all but ${missing.join(', ')}`;
}

function conventionLines({ conventions }: Description): string[] {
  if (!conventions) return [];
  const { rows, groups, points, differ } = conventions;
  const names = Math.max(...points.map(({ name }) => name.length));
  const apart = groups < rows.few + rows.many ? ` in ${groups} groups` : '';
  const signed = (pixels: number, error: number): string =>
    `${pixels.toFixed(2).padStart(6)} ± ${error.toFixed(2)}`;
  return [
    `rows with ${points.length} labels (${rows.few}) beside rows with more (${rows.many})${apart}: how far their points`,
    'lie to the right and downwards, in pixels of a mean face, and how likely by chance:',
    ...points.map(
      ({ name, x, y, xError, yError, p }) =>
        `  ${name.padEnd(names)}  ${signed(x, xError)}  ${signed(y, yError)}  p = ${p.toFixed(3)}`,
    ),
    differ
      ? '  they are marked by two conventions; a network can learn both (fit --set conventions=auto)'
      : '  they are marked alike: no sure difference that would matter',
  ];
}

/** Where equal images are all that there is, they are not listed again. */
const nearDuplicateLines = ({ duplicates, nearDuplicates }: Description): string[] =>
  nearDuplicates.flat().length === duplicates.flat().length
    ? []
    : duplicateLines('images that show nearly the same', nearDuplicates);

function duplicateLines(
  what: string,
  groups: readonly (readonly number[])[],
  none?: string,
): string[] {
  if (groups.length === 0) return none === undefined ? [] : [none];
  const more = groups.length - DUPLICATES_SHOWN;
  return [
    `${what}: ${groups.flat().length} rows in ${counted(groups.length, 'group')}`,
    ...groups.slice(0, DUPLICATES_SHOWN).map((group) => {
      const dots = group.length > ROWS_SHOWN ? ', …' : '';
      return `  rows ${group.slice(0, ROWS_SHOWN).join(', ')}${dots}`;
    }),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
