import type { OwnResult } from '../../../bench/comparison.ts';
import type { Ceiling } from '../../../bench/document.ts';
import type { Phase } from '../../../bench/subject.ts';
import type { TrainingStepResult } from '../../../bench/training-step.ts';
import type { Outcome } from '../../../bench/turns.ts';
import {
  type FigureTable,
  milliseconds,
  missingNotes,
  percent,
  rangeText,
  threadsText,
} from './tables.ts';

/** Ours beside others, as a training step and a prediction have it. */
interface Comparison {
  readonly name: string;
  readonly threads: number;
  readonly operations: number;
  readonly ours: readonly OwnResult[];
  readonly peers: readonly Outcome[];
}

const NONE = '–';

/** One row a comparison: our builds, the others, and our share of what the machine can do. */
export function comparisonTable(
  title: string,
  comparisons: readonly Comparison[],
  ceilings: readonly Ceiling[],
): FigureTable {
  const builds = unique(comparisons.flatMap(({ ours }) => ours.map(({ build }) => build)));
  const peers = unique(
    comparisons.flatMap((one) => one.peers.flatMap((peer) => ('timing' in peer ? peer.name : []))),
  );
  return {
    title: `${title}, ms (range)`,
    columns: [
      title.toLowerCase(),
      ...builds.map((build) => `fiducial, ${build}`),
      ...peers,
      ...(peers.length > 0 ? builds.map((build) => `${build} / fastest other`) : []),
      ...builds.map((build) => `${build}, of ceiling`),
    ],
    rows: comparisons.map(({ name, threads, operations, ours, peers: others }) => {
      const own = builds.map((build) => ours.find((result) => result.build === build));
      return [
        name,
        ...own.map((result) => (result ? rangeText(result.timing) : NONE)),
        ...peers.map((peer) => {
          const other = others.find((outcome) => outcome.name === peer);
          return other && 'timing' in other ? rangeText(other.timing) : NONE;
        }),
        ...(peers.length > 0 ? own.map((result) => result?.ratio?.toFixed(3) ?? NONE) : []),
        ...own.map((result) => {
          const best = ceilings.find(
            (one) => one.build === result?.build && one.threads === threads,
          );
          if (!result || !best) return NONE;
          return percent(operations / result.timing.median / 1e6 / best.gflops);
        }),
      ];
    }),
    notes: missingNotes(comparisons.flatMap((one) => one.peers)),
  };
}

/** What more threads bring, where one thread was timed too. */
export function threadsTable(steps: readonly TrainingStepResult[]): FigureTable[] {
  const rows = steps.flatMap(({ recipe, batch, threads, ours }) => {
    if (threads === 1) return [];
    const alone = steps.find(
      (step) => step.recipe === recipe && step.batch === batch && step.threads === 1,
    );
    return ours.flatMap(({ build, timing }) => {
      const one = alone?.ours.find((result) => result.build === build);
      if (!one) return [];
      const times = (one.timing.median / timing.median).toFixed(2);
      return [[`${recipe}, batch ${batch}, ${build}`, threadsText(threads), times]];
    });
  });
  if (rows.length === 0) return [];
  return [
    {
      title: 'Threads',
      columns: ['training step', 'threads', 'times one thread'],
      rows,
      notes: [],
    },
  ];
}

/** Where a step's time goes: of every recipe with the largest batch and the most threads. */
export function phaseTables(
  steps: readonly TrainingStepResult[],
  ceilings: readonly Ceiling[],
): FigureTable[] {
  return unique(steps.map(({ recipe }) => recipe)).map((recipe) => {
    const step = steps
      .filter((one) => one.recipe === recipe)
      .reduce((a, b) => (b.batch * b.threads > a.batch * a.threads ? b : a));
    return phaseTable(step, ceilings);
  });
}

function phaseTable(
  { recipe, batch, threads, ours }: TrainingStepResult,
  ceilings: readonly Ceiling[],
): FigureTable {
  const columns = ours.map(({ build, phases }) => {
    const total = phases.reduce((sum, { timing }) => sum + timing.median, 0);
    const best = ceilings.find((one) => one.build === build && one.threads === threads);
    return phases.map((phase) => [
      milliseconds(phase.timing.median),
      percent(phase.timing.median / total),
      ...speedOf(phase, best),
    ]);
  });
  return {
    title: `Phases of ${recipe}, batch ${batch}, ${threadsText(threads)}`,
    columns: [
      'phase',
      ...ours.flatMap(({ build }) => [`${build}, ms`, 'of step', 'GFLOP/s, or GB/s', 'of ceiling']),
    ],
    rows: ours[0]!.phases.map(({ label }, i) => [label, ...columns.flatMap((of) => of[i]!)]),
    notes: [
      'GFLOP/s count the multiply-adds of the direct method; the way back through pooling and ReLU needs fewer, so it may pass 100 %.',
      'GB/s stand where memory decides; maps that stay in a cache may pass 100 % of what it gives.',
    ],
  };
}

/** What a phase computes or moves a second, and its share of what the machine can do at best. */
function speedOf({ gflops, traffic }: Phase, best: Ceiling | undefined): [string, string] {
  if (traffic) {
    const { gigabytes, writes } = traffic;
    const limit = writes ? best?.memory.copy : best?.memory.read;
    return [`${gigabytes.toFixed(1)} GB/s`, limit ? percent(gigabytes / limit) : ''];
  }
  if (!gflops) return ['', ''];
  return [gflops.toFixed(1), best ? percent(gflops / best.gflops) : ''];
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
