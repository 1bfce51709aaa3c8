import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Checkpoint } from '../train/checkpoint.ts';
import type { RunEnd } from './run-view.ts';
import { epochHeader, epochLine, resumptionText, summary } from './training-text.ts';

const record = { epoch: 2, trainLoss: 0.5, validLoss: 0.25, validRmse: 24, seconds: 1.5 };
const unvalidated = { ...record, validLoss: Number.NaN, validRmse: Number.NaN };
const end: RunEnd = {
  best: record,
  remeasured: undefined,
  keep: 'best',
  epochsDone: 2,
  out: 'runs/a',
  endedBy: undefined,
  stoppedEarly: false,
  goOn: 'again',
};
const line = (values: typeof record): string =>
  epochLine({ ...values, best: true, model: () => Promise.reject(new Error('not asked for')) });
const cells = (text: string): string[] => text.trim().split(/\s{2,}/);

test('epochs stand below their header', () => {
  expect(cells(line(record))).toEqual([
    '2',
    '0.500000',
    '0.250000',
    '2.000',
    '24.000 px',
    '1.50 s *',
  ]);
  expect(line(record)).toHaveLength(epochHeader().indexOf('\n') + ' *\n'.length);
});

test('what could not be validated is no number', () => {
  expect(cells(line(unvalidated))).toEqual(['2', '0.500000', '-', '-', '-', '1.50 s *']);
  expect(summary({ ...end, best: unvalidated })).toContain(
    'epoch 2: there was no label to validate',
  );
});

describe('the end of a run', () => {
  test('tells the error on training rows without dropout, where it was trained with it', () => {
    expect(summary({ ...end, remeasured: { loss: 0.0016, rmse: 1.92 } })).toContain(
      'On the training rows, without dropout and augmentation: loss 0.001600, 1.920 pixels RMSE.\n',
    );
  });

  test('tells the best epoch and where it is', () => {
    expect(summary(end)).toBe(
      '\nBest is epoch 2, 24.000 pixels RMSE on the validation rows.\n' +
        `The run is in runs/a; to see it, open ${join('runs/a', 'report.html')}\n`,
    );
  });

  test('says whose weights the model has where they are not the best', () => {
    const last = 'The model is that of the last epoch, 3, as the recipe says.';
    expect(summary({ ...end, keep: 'last', epochsDone: 3 })).toContain(last);
    expect(summary({ ...end, keep: 'last' })).not.toContain('last epoch');
    expect(summary({ ...end, epochsDone: 3 })).not.toContain('last epoch');
  });

  test('says how to go on where it was ended before its time', () => {
    const ended = { ...end, endedBy: 'Ctrl-C' };
    expect(summary(ended)).toMatch(
      /^\nEnded by Ctrl-C\. Best is epoch 2(?:.|\n)*To go on: again\n$/,
    );
    expect(summary({ ...ended, best: undefined, epochsDone: 0 })).toBe(
      '\nEnded by Ctrl-C. No epoch was finished, so there is no model.\nTo go on: again\n',
    );
  });

  test("has the tutorial's words for early stopping", () => {
    expect(summary({ ...end, stoppedEarly: true })).toMatch(
      /^\nEarly stopping\.\nBest valid loss was 0\.250000 at epoch 2\.\nBest is epoch 2/,
    );
  });
});

test('where a run goes on, and what was passed over', () => {
  const checkpoint = { epoch: 12, underway: { rowsDone: 256 } } as Checkpoint;
  const found = { checkpoint, file: 'a/b', passedOver: ['a/d: is damaged', 'a/c: is damaged'] };
  expect(resumptionText(found, 20)).toBe(
    'Passed over a/d: is damaged\nPassed over a/c: is damaged\n' +
      'Going on after epoch 12 and 256 rows of the next, to epoch 20; from a/b\n',
  );
});
