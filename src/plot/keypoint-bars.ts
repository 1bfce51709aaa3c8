import type { KeypointErrors } from '../predict/errors.ts';
import { barPanel } from './bar-chart.ts';
import { type Panel, panelDocument } from './panel.ts';
import type { Theme } from './theme.ts';

export interface KeypointBarsOptions {
  /** Default: `RMSE of each keypoint`. */
  readonly title?: string;
  readonly note?: string;
  /** Of the whole figure, in pixels; default 480, and as high as the bars need. */
  readonly width?: number;
  readonly height?: number;
  readonly theme?: Theme;
}

/**
 * RMSE of each keypoint as horizontal bars, in the order of the schema, with that of all of them as a
 * broken line; as SVG.
 *
 * @example
 * keypointBars(keypointErrors(dataset, predicted, rows), { title: 'net1 on 820 faces' });
 */
export const keypointBars = (errors: KeypointErrors, options: KeypointBarsOptions = {}): string =>
  panelDocument(keypointBarsPanel(errors, options), options.theme);

/** The same as a part of a larger sheet. */
export const keypointBarsPanel = (
  { rmse, perPoint }: KeypointErrors,
  { theme: _, ...options }: KeypointBarsOptions = {},
): Panel =>
  barPanel({
    title: 'RMSE of each keypoint',
    ...options,
    axis: 'RMSE (pixels)',
    bars: perPoint.map(({ name, rmse, count }) => ({
      name,
      value: rmse,
      label: count === 0 ? 'no label' : pixelText(rmse),
    })),
    reference: { value: rmse, label: `all: ${pixelText(rmse)}` },
  });

/** A length as figures show it: 2.31, 1.2e+9. */
export const pixelText = (pixels: number): string =>
  Math.abs(pixels) < 1e5 ? pixels.toFixed(2) : pixels.toPrecision(2);
