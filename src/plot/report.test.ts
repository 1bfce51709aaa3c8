import { describe, expect, test } from 'vitest';
import { net1 } from '../../recipes/net1.ts';
import { synthesize } from '../data/synthetic/synthesize.ts';
import { networkFor, type Recipe } from '../train/recipe.ts';
import { type Evaluation, type Report, reportHtml } from './report.ts';
import { resultSentence } from './result-sentence.ts';

const faces = synthesize({ rows: 20, seed: 1 });
const history = [3, 1, 2].map((loss, i) => ({
  epoch: i + 1,
  trainLoss: loss / 100,
  validLoss: loss / 400,
  validRmse: 48 * Math.sqrt(loss / 400),
  seconds: 0.5,
}));
const evaluation: Evaluation = {
  faces,
  tableRows: Array.from({ length: faces.rows }, (_, i) => i + 100),
  predicted: faces.labels.map((value) => value + 1),
  unseen: true,
  of: 20,
  meanFaceRmse: 3.841,
};
const report: Report = {
  recipe: net1,
  history,
  data: 'faces.csv.gz',
  rows: 200,
  trainRows: 80,
  validRows: 20,
  command: 'fiducial fit net1',
  environment: [['Node', 'v20.19.0']],
  network: networkFor(net1, faces.schema),
  evaluation,
};
const withoutPictures = (svg: string): string => svg.replace(/base64,[^"]*/g, '');
const headings = (html: string): string[] =>
  [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map((match) => match[1]!);

describe('the report', () => {
  const html = reportHtml(report);

  test('tells what was run, on what, and what came of it', () => {
    expect(headings(html)).toEqual([
      'What was run',
      'Learning',
      'Error of each keypoint',
      'Validation faces',
      'Worst faces',
      'Layers',
      'Recipe',
      'Environment',
    ]);
    expect(html).toContain(resultSentence(report));
    expect(html.match(/<g class="face"/g)).toHaveLength(2 * 16);
    expect(html).toContain('row 101: ');
    expect(html).toContain('924,730');
  });

  test('needs no script, no network and no file', () => {
    expect(html).not.toMatch(/<script|<link|<iframe|@import|\son\w+="/i);
    for (const [, address] of html.matchAll(/(?:href|src)="([^"]*)"/g)) {
      expect(address).toMatch(/^data:image\/png;base64,/);
    }
    expect(html).not.toMatch(/url\(/);
  });

  test('is the same when written again, and has no id twice', () => {
    expect(reportHtml(report)).toBe(html);
    const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('leaves out what is not known', () => {
    const { evaluation: _, network: __, ...rest } = report;
    const bare = reportHtml({ ...rest, history: [], stopped: 'Ctrl-C' });
    expect(headings(bare)).toEqual(['What was run', 'Recipe', 'Environment']);
    expect(bare).toContain('Ended early: Ctrl-C.');
    expect(bare).not.toContain('undefined');
  });

  test('escapes names of recipes, points, files and commands', () => {
    const wild = `<img src=x onerror="alert('1')">&`;
    const points = faces.schema.points.map((_, i) => `${wild}${i}`);
    const recipe: Recipe = { ...net1, name: wild, about: wild, points };
    const html = reportHtml({
      ...report,
      ...{ recipe, data: wild, command: wild, stopped: wild, environment: [[wild, wild]] },
      network: {
        ...networkFor(net1, faces.schema),
        layers: networkFor(net1, faces.schema).layers.map((layer) =>
          layer.type === 'dense' ? { ...layer, name: `${wild}${layer.units}` } : layer,
        ),
      },
      evaluation: {
        ...evaluation,
        faces: { ...faces, schema: { ...faces.schema, points } },
      },
    });
    expect(html).not.toMatch(/<img|onerror="|'1'/);
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(&apos;1&apos;)&quot;&gt;&amp;');
  });

  test('of losses that are no numbers, and of faces without a label', () => {
    const wild = [Number.NaN, Number.POSITIVE_INFINITY, 1e300].map((loss, i) => ({
      ...{ epoch: i + 1, trainLoss: loss, validLoss: loss, validRmse: loss, seconds: 1 },
    }));
    const html = reportHtml({
      ...report,
      history: wild,
      evaluation: {
        ...evaluation,
        faces: { ...faces, labels: faces.labels.map(() => Number.NaN) },
      },
    });
    const figures = html.match(/<svg [^>]*>.*?<\/svg>/gs)!.map(withoutPictures);
    expect(figures.filter((svg) => /NaN|Infinity/.test(svg))).toEqual([]);
    expect(headings(html)).not.toContain('Worst faces');
    expect(html).toContain('no label');
  });
});

describe('the result in one sentence', () => {
  test.each<[string, Partial<Report>, string]>([
    [
      'best epoch and mean face',
      {},
      'Best is epoch 2 of 400: 2.40 pixels RMSE on 20 validation faces, where always guessing the mean face gives 3.84.',
    ],
    [
      'without the data',
      { evaluation: undefined, validRows: undefined },
      'Best is epoch 2 of 400: 2.40 pixels RMSE on the validation faces.',
    ],
    ['no epoch', { history: [] }, 'No epoch was finished, so there is no model.'],
    [
      'no validation',
      { validRows: 0 },
      'Epoch 3 of 400 has a training loss of 0.0200 (mean squared error of scaled coordinates); there are no labels to validate on.',
    ],
  ])('%s', (_, changes, expected) => {
    expect(resultSentence({ ...report, ...changes })).toBe(expected);
  });
});
