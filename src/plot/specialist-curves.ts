import { lineChart, type Series } from './chart.ts';
import { BROKEN_IS_TRAINING, type Curve, type LearningCurvesOptions } from './learning-curves.ts';
import { SERIES_COLOURS } from './theme.ts';

/** The learning curve of a net that learns some of the keypoints. */
export interface SpecialistCurve extends Curve {
  /** Coordinates that it was validated on: rows times outputs. */
  readonly values: number;
}

/** Into so many parts every run is divided, however many epochs it has; as in the Lasagne tutorial. */
const PARTS = 100;

/**
 * Learning curves of specialists, runs of any length stretched to one width, as SVG; with the mean of
 * their squared errors weighted by the number of values, which is the error of all of them together.
 *
 * @example
 * specialistCurves([{ name: 'eyes', history, values: 4 * 2 * 1400 }, …], { title: 'Specialists', side: 96 });
 */
export function specialistCurves(
  specialists: readonly SpecialistCurve[],
  options: LearningCurvesOptions & { readonly side: number },
): string {
  const half = options.side / 2;
  const points = (losses: readonly number[]): Series['points'] =>
    losses.map((loss, i) => [((i + 0.5) / PARTS) * 100, half * Math.sqrt(loss)]);
  const stretched = specialists.map(({ history, ...specialist }) => ({
    ...specialist,
    train: stretch(history.map(({ trainLoss }) => trainLoss)),
    valid: stretch(history.map(({ validLoss }) => validLoss)),
  }));
  const mean = (side: 'train' | 'valid'): Series['points'] =>
    points(
      weightedMean(
        stretched.map((curve) => curve[side]),
        specialists.map(({ values }) => values),
      ),
    );
  const series = stretched.flatMap(({ name, values, train, valid }, i): Series[] => {
    const colour = SERIES_COLOURS[i % SERIES_COLOURS.length]!;
    const count = values.toLocaleString('en');
    return [
      { colour, dashed: true, points: points(train) },
      { colour, name: `${name} (${count} values)`, points: points(valid) },
    ];
  });
  return lineChart({
    ...options,
    note: [
      BROKEN_IS_TRAINING,
      'Every run is stretched to one width.',
      'The mean is that of squared errors, weighted by the number of validated values.',
      options.note ?? '',
    ].join(' '),
    x: { label: 'share of the run (%)', domain: [0, 100] },
    y: { label: 'RMSE (pixels)', scale: 'log' },
    series: [
      ...series,
      { colour: 'ink', dashed: true, points: mean('train') },
      { colour: 'ink', bold: true, name: 'mean', points: mean('valid') },
    ],
  });
}

/**
 * A sequence brought to another length: every part is the mean of what it covers, values that it
 * covers in part count in part.
 *
 * @param parts length of the result
 * @example
 * stretch([1, 3], 4); // [1, 1, 3, 3]
 * stretch([1, 2, 3], 2); // [1.33, 2.67]
 */
export function stretch(values: readonly number[], parts: number = PARTS): number[] {
  if (values.length === 0) return [];
  return Array.from({ length: parts }, (_, part) => {
    const start = (part * values.length) / parts;
    const end = ((part + 1) * values.length) / parts;
    let sum = 0;
    for (let i = Math.floor(start); i < end; i++) {
      sum += values[i]! * (Math.min(i + 1, end) - Math.max(i, start));
    }
    return sum / (end - start);
  });
}

/** The mean of several sequences of one length; empty ones are left out. */
export function weightedMean(
  sequences: readonly (readonly number[])[],
  weights: readonly number[],
): number[] {
  const used = sequences.map((values, i) => ({ values, weight: weights[i]! }));
  const present = used.filter(({ values }) => values.length > 0);
  const total = present.reduce((sum, { weight }) => sum + weight, 0);
  return Array.from(present[0]?.values ?? [], (_, at) =>
    present.reduce((sum, { values, weight }) => sum + values[at]! * (weight / total), 0),
  );
}
