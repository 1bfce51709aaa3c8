import type { BenchResult, Ceiling, Circumstances } from '../../../bench/document.ts';
import type { Timing } from '../../../bench/statistics.ts';
import type { Outcome } from '../../../bench/turns.ts';
import type { BenchPart } from '../bench.ts';
import { comparisonTable, phaseTables, threadsTable } from './engine-tables.ts';
import { growthTables } from './growth-tables.ts';

/** A table of figures, for a terminal or a page. */
export interface FigureTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Sentences that belong below it. */
  readonly notes: readonly string[];
}

/** The tables of one part's results. */
export function partTables(
  part: BenchPart,
  results: readonly BenchResult[],
  ceilings: readonly Ceiling[],
): FigureTable[] {
  const of = <P extends BenchPart>(name: P) =>
    results.filter((result): result is Extract<BenchResult, { part: P }> => result.part === name);
  switch (part) {
    case 'step': {
      const steps = of('step');
      return [
        comparisonTable(
          'Training step',
          steps.map((step) => ({
            ...step,
            name: `${step.recipe}, batch ${step.batch}, ${threadsText(step.threads)}`,
          })),
          ceilings,
        ),
        ...threadsTable(steps),
        ...phaseTables(steps, ceilings),
      ];
    }
    case 'prediction':
      return [
        comparisonTable(
          'Prediction',
          of('prediction').map((prediction) => ({
            ...prediction,
            name: `${prediction.recipe}, ${facesText(prediction.rows)}, ${threadsText(prediction.threads)}`,
          })),
          ceilings,
        ),
      ];
    case 'reading':
      return of('reading').map(({ rows, zipBytes, textBytes, sides, ratio }) => ({
        title: `Reading a training.zip of ${rows} rows (${megabytes(zipBytes)} MB, unpacked ${megabytes(textBytes)} MB)`,
        columns: ['who', 'ms (range)', 'MB/s of text', 'most memory, MB'],
        rows: timed(sides).map(({ name, timing, peakBytes }) => [
          name,
          rangeText(timing),
          (textBytes / timing.median / 1000).toFixed(0),
          megabytes(peakBytes!),
        ]),
        notes: [...missingNotes(sides), ...ratioNote('fiducial / pandas', ratio)],
      }));
    case 'startup':
      return of('startup').map(({ sides, helpRatio }) => ({
        title: 'Start-up',
        columns: ['command', 'ms (range)'],
        rows: sides.map(({ name, timing }) => [name, rangeText(timing)]),
        notes: ratioNote('fiducial --help / node -e 0', helpRatio),
      }));
    case 'growth':
      return of('growth').flatMap(growthTables);
  }
}

/** Where and when, in a line. */
export const circumstancesText = ({ machine, fiducial, commit, date }: Circumstances): string =>
  [
    `${machine.processor}, ${machine.cores} processors, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB`,
    machine.platform,
    `Node ${machine.node}`,
    `fiducial ${fiducial}${commit === null ? '' : `, commit ${commit}`}`,
    date,
  ].join('; ');

export const ceilingTable = (ceilings: readonly Ceiling[]): FigureTable => ({
  title: 'Ceilings',
  columns: ['engine', 'multiply-adds, GFLOP/s', 'reading memory, GB/s', 'copying memory, GB/s'],
  rows: ceilings.map(({ build, threads, gflops, memory }) => [
    `${build} SIMD, ${threadsText(threads)}`,
    ...[gflops, memory.read, memory.copy].map((value) => value.toFixed(1)),
  ]),
  notes: [],
});

/** Sides that have times. */
export const timed = <T extends Outcome>(sides: readonly T[]): Extract<T, { timing: Timing }>[] =>
  sides.filter((side): side is Extract<T, { timing: Timing }> => 'timing' in side);

/** Why some have none, each reason once. */
export function missingNotes(sides: readonly Outcome[]): string[] {
  const notes = sides.flatMap((side) =>
    'missing' in side
      ? [`${side.name} ${side.missing === 'absent' ? 'is absent' : 'failed'}: ${side.reason}`]
      : [],
  );
  return [...new Set(notes)];
}

const ratioNote = (what: string, ratio: number | null): string[] =>
  ratio === null ? [] : [`${what}: ${ratio.toFixed(3)}`];

/** A median with what it went down and up to. */
export const rangeText = ({ median, min, max }: Timing): string =>
  `${milliseconds(median)} (${milliseconds(min)}–${milliseconds(max)})`;

export const milliseconds = (value: number): string => value.toFixed(value < 100 ? 2 : 0);
export const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
export const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
export const threadsText = (count: number): string => `${count} thread${count === 1 ? '' : 's'}`;
export const facesText = (count: number): string => `${count} face${count === 1 ? '' : 's'}`;
