import { expect, test } from 'vitest';
import { epochHeader, epochLine, summary } from './training-text.ts';

const record = { epoch: 2, trainLoss: 0.5, validLoss: 0.25, validRmse: 24, seconds: 1.5 };
const unvalidated = { ...record, validLoss: Number.NaN, validRmse: Number.NaN };
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
  expect(summary(record, 'runs/a', undefined)).toContain('Best is epoch 2, 24.000 pixels RMSE');
  expect(summary(unvalidated, 'runs/a', undefined)).toContain(
    'epoch 2: there was no label to validate',
  );
});
