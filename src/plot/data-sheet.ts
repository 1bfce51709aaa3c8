import type { Dataset } from '../data/dataset.ts';
import { describe } from '../data/describe.ts';
import { duplicateFaces } from './duplicate-faces.ts';
import { labelCounts } from './label-counts.ts';
import { missingPatterns } from './missing-patterns.ts';
import { beside, type Panel, panelDocument, stacked, titlePanel } from './panel.ts';
import { pointsOnFace } from './points-on-face.ts';
import type { Theme } from './theme.ts';

/** The figures of a table, each of which can be drawn alone. */
export type DataFigure = 'counts' | 'patterns' | 'points' | 'duplicates';

export interface DataSheetOptions {
  readonly title: string;
  /** One figure alone; default: all of them on one sheet. */
  readonly figure?: DataFigure | undefined;
  readonly theme?: Theme;
}

/**
 * What a table holds, as SVG: values in each column, patterns of missing labels, the distribution of
 * every point on the mean face, and duplicates.
 *
 * @example
 * dataSheet(dataset, { title: 'training.zip' });
 */
export function dataSheet(dataset: Dataset, { title, figure, theme }: DataSheetOptions): string {
  const description = describe(dataset);
  const figures: Readonly<Record<DataFigure, () => Panel>> = {
    counts: () => labelCounts(description),
    patterns: () => missingPatterns(description),
    points: () => pointsOnFace(dataset),
    duplicates: () => duplicateFaces(dataset),
  };
  const body = figure
    ? figures[figure]()
    : sheet(figures, dataset.schema.points.length > POINTS_IN_A_COLUMN);
  const count = (rows: number): string => rows.toLocaleString('en');
  const rows = `${count(description.rows)} rows, ${count(description.completeRows)} of them complete`;
  return panelDocument(stacked([titlePanel(`${title}: ${rows}`, body.width), body]), theme);
}

/** The list of more points than that makes the mean face's figure as wide as the sheet. */
const POINTS_IN_A_COLUMN = 29;
const GAP = 16;

function sheet(figures: Readonly<Record<DataFigure, () => Panel>>, wide: boolean): Panel {
  const [counts, points] = [figures.counts(), figures.points()];
  const right = stacked([figures.patterns(), figures.duplicates()], GAP);
  return wide
    ? stacked([beside([counts, right]), points], GAP)
    : beside([stacked([counts, points], GAP), right]);
}
