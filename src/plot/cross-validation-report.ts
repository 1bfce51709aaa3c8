import { counted } from '../counted.ts';
import type { Dataset } from '../data/dataset.ts';
import { fieldErrorSentences } from '../predict/field-error-text.ts';
import type { OutOfFold } from '../predict/out-of-fold.ts';
import type { Recipe } from '../train/recipe.ts';
import { barPanel } from './bar-chart.ts';
import { errorSheet } from './error-sheet.ts';
import { htmlFigure, htmlPage, htmlTable, htmlTerms } from './html.ts';
import { pixelText } from './keypoint-bars.ts';
import { panelDocument } from './panel.ts';
import { escapeXml } from './xml.ts';

/** Everything that is known about a cross-validation. */
export interface CrossValidationReport extends OutOfFold {
  readonly plan: {
    readonly recipe: Recipe;
    readonly data: string;
    readonly together: 'group' | 'similar';
  };
  /** All rows, with the models' points. */
  readonly dataset: Dataset;
  /** Rows that each fold's run has learnt from. */
  readonly trainRows: readonly number[];
  /** What is good to know of the errors. */
  readonly note?: string | undefined;
}

/**
 * A cross-validation as a page to be read; one file, which needs no script and no network.
 *
 * @example
 * await writeFileAtomically('runs/net1-folds/report.html', crossValidationHtml(report));
 */
export function crossValidationHtml(report: CrossValidationReport): string {
  const { plan, folds, pooled, dataset, predicted, note } = report;
  const sentences = [...fieldErrorSentences(pooled.errors), ...(note ? [note] : [])];
  const { recipe } = plan;
  const result = `${pixelText(pooled.errors.rmse)} pixels RMSE over all ${counted(folds.length, 'fold')}, each row by the model that has not seen it, where always guessing the mean face gives ${pixelText(pooled.meanFace.rmse)}.`;
  const figures = [
    htmlFigure(
      foldBars(report),
      'The broken line is all folds together: every label counts alike.',
    ),
    htmlTable(
      ['fold', 'learnt from', 'rows', 'labels', 'RMSE', 'mean face'],
      folds.map((fold, i) => [
        String(i + 1),
        report.trainRows[i]!.toLocaleString('en'),
        ...cells(fold),
      ]),
      ['pooled', '', ...cells(pooled)],
    ),
  ];
  return htmlPage(
    `${recipe.name}: a cross-validation by fiducial`,
    [
      `<h1>${escapeXml(recipe.name)}, ${counted(folds.length, 'fold')}</h1>`,
      `<p class="about">${escapeXml(recipe.about)}</p>`,
      `<p class="result">${escapeXml(result)}</p>`,
      ...sentences.map((text) => `<p>${escapeXml(text)}</p>`),
      htmlTerms([
        ['Data', `${plan.data}, ${counted(dataset.rows, 'row')}`],
        [
          'Kept together',
          plan.together === 'group' ? 'rows of one group' : 'pictures that look alike',
        ],
        ['Seed', String(recipe.seed)],
        ['Epochs', recipe.epochs.toLocaleString('en')],
      ]),
      `<h2>Folds</h2>\n${figures.join('\n')}`,
      `<h2>Errors</h2>\n${htmlFigure(errorSheet(dataset, predicted, { title: 'All folds' }))}`,
      `<h2>Recipe</h2>\n<pre>${escapeXml(JSON.stringify(recipe, undefined, 2))}</pre>`,
    ].join('\n'),
  );
}

const cells = ({ rows, errors, meanFace }: OutOfFold['pooled']): string[] => [
  rows.toLocaleString('en'),
  errors.count.toLocaleString('en'),
  `${pixelText(errors.rmse)} px`,
  `${pixelText(meanFace.rmse)} px`,
];

const foldBars = ({ folds, pooled }: OutOfFold): string =>
  panelDocument(
    barPanel({
      title: 'RMSE of each fold',
      axis: 'RMSE (pixels)',
      width: 720,
      bars: folds.map(({ errors: { rmse } }, i) => ({
        name: `fold ${i + 1}`,
        value: rmse,
        label: pixelText(rmse),
      })),
      reference: { value: pooled.errors.rmse, label: `all: ${pixelText(pooled.errors.rmse)}` },
    }),
  );
