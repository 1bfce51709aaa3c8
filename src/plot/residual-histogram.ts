import { counted } from '../counted.ts';
import type { Dataset } from '../data/dataset.ts';
import { chartPanel } from './chart.ts';
import { pixelText } from './keypoint-bars.ts';
import { type Panel, sentencePanel } from './panel.ts';

const TITLE = 'Residuals: predicted minus true';
const WIDTH = 600;
const BINS = 41;
/** The share of the residuals that the axis shows. */
const SHOWN = 0.99;

/**
 * How often predicted coordinates are off by how much, x and y apart. The axis ends where 99 % of the
 * residuals are within it; those beyond are counted in the note.
 *
 * @param predicted coordinates of shape (dataset.rows, points, 2), in pixels
 */
export function residualHistogram(dataset: Dataset, predicted: Float32Array): Panel {
  const { x, y } = residuals(dataset, predicted);
  const all = [...x, ...y];
  const finite = all.filter(Number.isFinite);
  if (finite.length === 0) {
    return sentencePanel(TITLE, 'Not drawn: no predicted coordinate has a label.', WIDTH);
  }
  const limit = axisLimit(finite);
  const outside = finite.filter((value) => Math.abs(value) > limit).length;
  const broken = all.length - finite.length;
  const note = [
    `x: ${spread(x)}. y: ${spread(y)}.`,
    outside === 0
      ? 'All residuals are shown.'
      : `${counted(outside, 'residual')} of ${finite.length.toLocaleString('en')} lie beyond the axis, the farthest at ${pixelText(farthest(finite))} pixels.`,
    broken === 0 ? '' : `${counted(broken, 'prediction')} without a number.`,
  ];
  return chartPanel({
    title: TITLE,
    x: { label: 'residual (pixels)', domain: [-limit, limit] },
    y: { label: 'coordinates in a bin' },
    series: [
      { name: 'x', kind: 'area', colour: 'blue', points: outline(x, limit) },
      { name: 'y', kind: 'area', colour: 'vermilion', dashed: true, points: outline(y, limit) },
    ],
    note: note.join(' ').trim(),
    width: WIDTH,
    height: 330,
  });
}

/** Predicted minus true of every coordinate that has a label. */
function residuals({ labels }: Dataset, predicted: Float32Array): { x: number[]; y: number[] } {
  const x: number[] = [];
  const y: number[] = [];
  labels.forEach((label, i) => {
    if (!Number.isNaN(label)) (i % 2 === 0 ? x : y).push(predicted[i]! - label);
  });
  return { x, y };
}

/** Whole pixels within which 99 % of the values lie; tenths where they are less than one. */
function axisLimit(values: readonly number[]): number {
  const sizes = values.map(Math.abs).sort((a, b) => a - b);
  const size = sizes[Math.floor(SHOWN * (sizes.length - 1))]!;
  return size > 1 ? Math.ceil(size) : Math.max(0.1, Math.ceil(size * 10) / 10);
}

/** The outline of a histogram: the left and the right end of every bin at its height. */
function outline(values: readonly number[], limit: number): [number, number][] {
  const counts = histogram(values, limit);
  const edge = (bin: number): number => limit * ((2 * bin) / BINS - 1);
  return [
    [-limit, 0],
    ...counts.flatMap((height, bin): [number, number][] => [
      [edge(bin), height],
      [edge(bin + 1), height],
    ]),
    [limit, 0],
  ];
}

/**
 * How many values lie in each of 41 bins of equal width from -limit to limit; those beyond are left
 * out.
 */
export function histogram(values: readonly number[], limit: number): number[] {
  const counts = new Array<number>(BINS).fill(0);
  for (const value of values) {
    if (!(Math.abs(value) <= limit)) continue;
    counts[Math.min(BINS - 1, Math.floor(((value / limit + 1) / 2) * BINS))]!++;
  }
  return counts;
}

function spread(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  let sum = 0;
  for (const value of finite) sum += value;
  const mean = sum / finite.length;
  let squares = 0;
  for (const value of finite) squares += (value - mean) ** 2;
  return `mean ${pixelText(mean)}, standard deviation ${pixelText(Math.sqrt(squares / finite.length))}`;
}

const farthest = (values: readonly number[]): number =>
  values.reduce((far, value) => (Math.abs(value) > Math.abs(far) ? value : far), 0);
