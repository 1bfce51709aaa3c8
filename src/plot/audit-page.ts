import { counted } from '../counted.ts';
import { REASONS, type Reason, type Suspect } from '../data/audit/suspect.ts';
import { type Dataset, imageOf } from '../data/dataset.ts';
import { alarm, cross, ring } from './face-marks.ts';
import { pixels } from './heat-map.ts';
import { htmlFigure, htmlPage, htmlTable } from './html.ts';
import { imageUri } from './image-png.ts';
import { element, escapeXml, group, text } from './xml.ts';

/** What an audit has come to. */
export interface AuditPage {
  /** Name of the table. */
  readonly data: string;
  readonly dataset: Dataset;
  /** The worst first, as `audit` gives them. */
  readonly suspects: readonly Suspect[];
  /** What the labels were compared with: coordinates of shape (rows, points, 2), in pixels. */
  readonly predicted: Float32Array | undefined;
  /** Where the predictions come from, in words. */
  readonly source: string;
}

/** Rows with pictures; the others stand in `suspects.csv`. */
const MOST_ROWS = 60;
/** Width of a picture, and space between two, in pixels. */
const WIDTH = 288;
const GAP = 16;
const CAPTION = 20;

const HOW_TO_READ = `
<p>Suspicious is not wrong: a face that is hard to see is far off, too. Look at each, let <code>corrections.csv</code> say what you see, then train with <code>--corrections</code>.</p>
<p class="about">Small rings: given labels. Crosses: predicted places. A large ring around either: the label is suspicious.</p>`;

/** What a reason stands for, on the page's list. */
const MEANING: Readonly<Record<Reason, string>> = {
  blank: 'the picture is blank',
  outside: 'the label is outside the picture',
  swapped: 'left and right have changed places',
  together: 'two points are in one place',
  duplicate: 'an equal picture has another label',
  row: 'most labels of the picture are far off',
  far: 'the label is far from the prediction',
  unusual: 'the label is far from where the point usually is',
};

/**
 * The rows whose labels are likely to be wrong as a page to be read: each picture twice, with the given
 * and with the predicted points, the worst first. One file, which needs no script and no network.
 *
 * @example
 * await writeFileAtomically('audit/audit.html', auditPage({ data: 'faces.csv', dataset, suspects, predicted, source }));
 */
export function auditPage(page: AuditPage): string {
  const { suspects, dataset, data } = page;
  const rows = [...new Set(suspects.map(({ row }) => row))];
  const labels = dataset.labels.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 0.5), 0);
  const result =
    suspects.length > 0
      ? `${counted(suspects.length, 'suspicious label')} in ${rows.length.toLocaleString('en')} of ${counted(dataset.rows, 'row')}.`
      : `No label of ${counted(dataset.rows, 'row')} is suspicious.`;
  const shown = rows.slice(0, MOST_ROWS);
  const rest =
    rows.length > MOST_ROWS
      ? `<p class="about">The first ${MOST_ROWS} rows are shown; the others stand in suspects.csv.</p>`
      : '';
  return htmlPage(
    `Audit of ${data}`,
    [
      `<h1>Audit of ${escapeXml(data)}</h1>`,
      `<p class="about">${escapeXml(`${counted(Math.round(labels), 'label')}, ${page.source}`)}</p>`,
      `<p class="result">${escapeXml(result)}</p>`,
      suspects.length > 0 ? reasonTable(suspects) + HOW_TO_READ : '',
      ...shown.map((row) => rowSection(page, row)),
      rest,
    ].join('\n'),
  );
}

function reasonTable(suspects: readonly Suspect[]): string {
  const lines = REASONS.map((reason): [string, number] => [
    MEANING[reason],
    suspects.filter((suspect) => suspect.reason === reason).length,
  ]);
  return htmlTable(
    ['reason', 'labels or rows'],
    lines.filter(([, count]) => count > 0).map(([meaning, count]) => [meaning, String(count)]),
  );
}

function rowSection(page: AuditPage, row: number): string {
  const own = page.suspects.filter((suspect) => suspect.row === row);
  const { points } = page.dataset.schema;
  const lines = own.map(({ point, words, distance, proposal }) => {
    const name = point === undefined ? 'all points' : points[point]!;
    const off = Number.isNaN(distance) ? '' : ` (${distance.toFixed(1)} px)`;
    return `<li><b>${escapeXml(name)}</b>: ${escapeXml(words + off + proposed(proposal))}</li>`;
  });
  return [
    `<section>\n<h2>Row ${row + 1}</h2>`,
    `<ul>${lines.join('')}</ul>`,
    htmlFigure(facePair(page, row, own)),
    '</section>',
  ].join('\n');
}

/** What `corrections.csv` proposes, in words. */
function proposed(proposal: Suspect['proposal']): string {
  if (!proposal) return '';
  const place = proposal.to?.map((value) => value.toFixed(1)).join(', ');
  return `; proposed: ${place ?? 'missing'}`;
}

/** A picture with its given labels beside the same with the predicted points. */
function facePair(
  { dataset, predicted }: AuditPage,
  row: number,
  suspects: readonly Suspect[],
): string {
  const { schema, labels } = dataset;
  const scale = WIDTH / schema.side;
  const values = 2 * schema.points.length;
  const id = `row${row + 1}`;
  const marks = (places: Float32Array, mark: typeof ring, only?: readonly Suspect[]): string[] =>
    schema.points.flatMap((_, point) => {
      const at = row * values + 2 * point;
      const [x, y] = [places[at]! * scale, places[at + 1]! * scale];
      if (Number.isNaN(x + y)) return [];
      return only?.some((suspect) => (suspect.point ?? point) === point) === false
        ? []
        : [mark(x, y)];
    });
  const given = [
    element('g', { id }, pixels(imageUri(imageOf(dataset, row), schema), 0, 0, WIDTH, WIDTH)),
    ...marks(labels, ring),
    ...marks(labels, alarm, suspects),
    caption('given'),
  ];
  const found = predicted && [
    element('use', { href: `#${id}` }),
    ...marks(predicted, cross),
    ...marks(predicted, alarm, suspects),
    caption('predicted'),
  ];
  // One picture alone is not drawn larger.
  const width = 2 * WIDTH + GAP;
  const height = WIDTH + CAPTION;
  return element(
    'svg',
    { width, height, viewBox: `0 0 ${width} ${height}`, fill: 'currentColor' },
    [group('given', given), ...(found ? [group('found', found, WIDTH + GAP)] : [])].join(''),
  );
}

const caption = (words: string): string =>
  text(words, WIDTH / 2, WIDTH + 15, { size: 13, anchor: 'middle', class: 'caption' });
