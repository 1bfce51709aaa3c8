import type { Dataset } from '../data/dataset.ts';
import { keypointErrors } from '../predict/errors.ts';
import { type Axis, chartPanel, type Series } from './chart.ts';
import { type Panel, sentencePanel } from './panel.ts';

const EYES = ['left_eye_center', 'right_eye_center'] as const;
const TITLE = 'Error against the distance between the eyes';
const WIDTH = 600;
/** A bin has at least so many faces, and there are at most so many bins. */
const BIN_FACES = 20;
const MOST_BINS = 10;

/**
 * The RMSE of each face against the distance between its true eyes, with the median of bins of equally
 * many faces; a sentence where the schema has no eye centres or no row has both.
 *
 * @param predicted coordinates of shape (dataset.rows, points, 2), in pixels
 */
export function errorAgainstEyeDistance(dataset: Dataset, predicted: Float32Array): Panel {
  const eyes = EYES.map((name) => dataset.schema.points.indexOf(name));
  if (eyes.includes(-1)) {
    return sentencePanel(
      TITLE,
      `Not drawn: the model has no keypoints ${EYES.join(' and ')}, which this distance needs.`,
      WIDTH,
    );
  }
  const faces = faceErrors(dataset, predicted, eyes[0]!, eyes[1]!);
  if (faces.length === 0) {
    return sentencePanel(TITLE, 'Not drawn: no face has labels of both eye centres.', WIDTH);
  }
  const medians = binnedMedians(faces);
  const series: Series[] = [
    { name: 'one face', kind: 'scatter', colour: 'sky', points: faces },
    { name: 'median of equally many faces', dots: true, colour: 'vermilion', points: medians },
  ];
  return chartPanel({
    title: TITLE,
    x: { label: 'distance between the true eye centres (pixels)' },
    y: rmseAxis(faces.map(([, rmse]) => rmse)),
    series: series.filter(({ points }) => points.length > 0),
    note: `${faces.length} of ${dataset.rows} faces have both eye centres.`,
    width: WIDTH,
    height: 330,
  });
}

/** From 0, or logarithmic where the worst errors would press the others flat. */
function rmseAxis(errors: readonly number[]): Axis {
  const label = 'RMSE of a face (pixels)';
  const worst = errors.reduce((most, error) => Math.max(most, error), 0);
  return worst > 20 * median(errors)
    ? { label, scale: 'log' }
    : { label, domain: [0, 1.05 * worst || 1] };
}

type FaceError = readonly [distance: number, rmse: number];

/** Ascending in distance. */
function faceErrors(
  dataset: Dataset,
  predicted: Float32Array,
  left: number,
  right: number,
): FaceError[] {
  const { labels, schema } = dataset;
  const values = 2 * schema.points.length;
  return Array.from({ length: dataset.rows }, (_, row): FaceError => {
    const at = (point: number, axis: 0 | 1): number => labels[row * values + 2 * point + axis]!;
    const distance = Math.hypot(at(left, 0) - at(right, 0), at(left, 1) - at(right, 1));
    return [distance, keypointErrors(dataset, predicted, Uint32Array.of(row)).rmse];
  })
    .filter((face) => face.every(Number.isFinite))
    .sort(([a], [b]) => a - b);
}

/**
 * The medians of bins of equally many values.
 *
 * @param sorted pairs, ascending in their first value
 * @returns per bin the medians of both values; none where the pairs are too few for a bin
 */
export function binnedMedians(sorted: readonly FaceError[]): FaceError[] {
  const bins = Math.min(MOST_BINS, Math.floor(sorted.length / BIN_FACES));
  return Array.from({ length: bins }, (_, bin): FaceError => {
    const edge = (place: number): number => Math.round((place * sorted.length) / bins);
    const faces = sorted.slice(edge(bin), edge(bin + 1));
    return [median(faces.map(([x]) => x)), median(faces.map(([, y]) => y))];
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
