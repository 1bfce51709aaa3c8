import { expect, test } from 'vitest';
import type { Ceiling } from '../../../bench/document.ts';
import { timing } from '../../../bench/statistics.ts';
import type { Phase } from '../../../bench/subject.ts';
import { phaseTables } from './engine-tables.ts';

test('a phase has its share of what the machine computes, or of what its memory gives', () => {
  const phase = (label: string, more: Partial<Phase> = {}): Phase => ({
    ...{ label, timing: timing([2]), gflops: 0 },
    ...more,
  });
  const phases = [
    phase('conv1 forward', { gflops: 20 }),
    phase('norm1 sums', { traffic: { gigabytes: 6, writes: false } }),
    phase('norm1 forward', { traffic: { gigabytes: 6, writes: true } }),
    phase('loss'),
  ];
  const ceilings: Ceiling[] = [
    { build: 'plain', threads: 1, gflops: 40, memory: { read: 12, copy: 8 } },
  ];
  const [table] = phaseTables(
    [
      {
        ...{ part: 'step', recipe: 'net', batch: 8, threads: 1, operations: 1, peers: [] },
        ours: [{ build: 'plain', timing: timing([8]), ratio: null, phases }],
      },
    ],
    ceilings,
  );
  expect(table!.rows.map((row) => [row[0], ...row.slice(2)])).toEqual([
    ['conv1 forward', '25 %', '20.0', '50 %'],
    ['norm1 sums', '25 %', '6.0 GB/s', '50 %'],
    ['norm1 forward', '25 %', '6.0 GB/s', '75 %'],
    ['loss', '25 %', '', ''],
  ]);
});
