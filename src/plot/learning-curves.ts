import { lineChart, type SecondAxis, type Series } from './chart.ts';
import { SERIES_COLOURS, type Theme } from './theme.ts';

/** Losses of a run by epoch; those of an epoch that was not recorded are left out. */
export interface Curve {
  readonly name: string;
  readonly history: readonly {
    readonly epoch: number;
    readonly trainLoss: number;
    readonly validLoss: number;
  }[];
  /** A few recorded epochs only: their points are marked. */
  readonly sparse?: boolean;
}

/** Said under a figure whose legend names the validation curves alone. */
export const BROKEN_IS_TRAINING = 'Broken lines: training; whole lines: validation.';

export interface LearningCurvesOptions {
  readonly title: string;
  /** Width of the images, for a second axis in pixels; without it there is none. */
  readonly side?: number | undefined;
  /** What the losses are; default: `loss (mean squared error)`. */
  readonly lossLabel?: string | undefined;
  readonly note?: string;
  readonly width?: number;
  readonly height?: number;
  readonly theme?: Theme;
}

/**
 * Learning curves on a logarithmic axis, as SVG: training losses broken, validation losses whole, the
 * same in pixels on the right.
 *
 * @example
 * learningCurves([{ name: 'net1', history }], { title: 'net1 on 820 faces', side: 96 });
 */
export function learningCurves(curves: readonly Curve[], options: LearningCurvesOptions): string {
  const crowded = curves.length > 3;
  const series = curves.flatMap(({ name, history, sparse }, i): Series[] => {
    const colour = SERIES_COLOURS[i % SERIES_COLOURS.length]!;
    const common = { colour, dots: sparse ?? false };
    const training = (name?: string): Series => ({
      ...common,
      ...(name === undefined ? {} : { name }),
      dashed: true,
      points: history.map(({ epoch, trainLoss }) => [epoch, trainLoss]),
    });
    // All rows may be trained on.
    const isValidated = history.some(({ validLoss }) => Number.isFinite(validLoss));
    if (!isValidated) return [training(crowded ? name : `${name} train`)];
    const validation: Series = {
      ...common,
      name: crowded ? name : `${name} valid`,
      points: history.map(({ epoch, validLoss }) => [epoch, validLoss]),
    };
    return [training(crowded ? undefined : `${name} train`), validation];
  });
  const notes = [crowded ? BROKEN_IS_TRAINING : undefined, options.note];
  const note = notes.filter((sentence) => sentence !== undefined).join(' ');
  return lineChart({
    ...options,
    ...(note === '' ? {} : { note }),
    x: { label: 'epoch', whole: true },
    y: { label: options.lossLabel ?? 'loss (mean squared error)', scale: 'log' },
    ...(options.side === undefined ? {} : { right: pixelAxis(options.side) }),
    series,
  });
}

/** Half a side makes pixels of scaled coordinates. */
const pixelAxis = (side: number): SecondAxis => ({
  label: 'RMSE (pixels)',
  convert: (loss) => (side / 2) * Math.sqrt(loss),
  invert: (pixels) => (pixels / (side / 2)) ** 2,
});
