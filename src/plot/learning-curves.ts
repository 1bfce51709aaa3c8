import { lineChart, type Series } from './chart.ts';
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

export interface LearningCurvesOptions {
  readonly title: string;
  /** Width of the images in pixels: half of it makes pixels of scaled coordinates. Default 96. */
  readonly side?: number;
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
 * learningCurves([{ name: 'net1', history }], { title: 'net1 on 820 faces' });
 */
export function learningCurves(curves: readonly Curve[], options: LearningCurvesOptions): string {
  const half = (options.side ?? 96) / 2;
  const series = curves.flatMap(({ name, history, sparse }, i): Series[] => {
    const colour = SERIES_COLOURS[i % SERIES_COLOURS.length]!;
    const common = { colour, dots: sparse ?? false };
    return [
      {
        ...common,
        name: `${name} train`,
        dashed: true,
        points: history.map(({ epoch, trainLoss }) => [epoch, trainLoss]),
      },
      {
        ...common,
        name: `${name} valid`,
        points: history.map(({ epoch, validLoss }) => [epoch, validLoss]),
      },
    ];
  });
  return lineChart({
    ...options,
    x: { label: 'epoch' },
    y: { label: 'loss (mean squared error, scaled coordinates)', scale: 'log' },
    right: {
      label: 'RMSE (pixels)',
      convert: (loss) => half * Math.sqrt(loss),
      invert: (pixels) => (pixels / half) ** 2,
    },
    series,
  });
}
