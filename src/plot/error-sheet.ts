import type { Dataset } from '../data/dataset.ts';
import { allRows } from '../data/select.ts';
import { keypointErrors } from '../predict/errors.ts';
import { errorAgainstEyeDistance } from './error-by-distance.ts';
import { keypointBarsPanel, pixelText } from './keypoint-bars.ts';
import { beside, panelDocument, stacked, titlePanel } from './panel.ts';
import { residualHistogram } from './residual-histogram.ts';
import type { Theme } from './theme.ts';

export interface ErrorSheetOptions {
  readonly title: string;
  readonly theme?: Theme;
}

const BARS_WIDTH = 440;

/**
 * How a model errs, as SVG: RMSE of each keypoint, error against the distance between the eyes, and
 * how far off the coordinates are.
 *
 * @param predicted coordinates of shape (dataset.rows, points, 2), in pixels
 * @example
 * errorSheet(validationFaces, predicted, { title: 'net1 on 428 validation faces' });
 */
export function errorSheet(
  dataset: Dataset,
  predicted: Float32Array,
  { title, theme }: ErrorSheetOptions,
): string {
  const rows = allRows(dataset);
  const errors = keypointErrors(dataset, predicted, rows);
  const right = stacked([
    errorAgainstEyeDistance(dataset, predicted),
    residualHistogram(dataset, predicted),
  ]);
  const few = errors.perPoint.length <= 30;
  const bars = keypointBarsPanel(errors, {
    width: BARS_WIDTH,
    // A short list is spread over the height of the sheet.
    ...(few ? { height: Math.min(right.height, 120 + 40 * errors.perPoint.length) } : {}),
  });
  const body = beside([bars, right]);
  const subtitle = `${title}: RMSE ${pixelText(errors.rmse)} pixels over ${errors.count.toLocaleString('en')} coordinates`;
  return panelDocument(stacked([titlePanel(subtitle, body.width), body]), theme);
}
