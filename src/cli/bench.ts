import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Build } from '../engine/build.ts';
import { examples, forceOption, jsonOption, wholeNumber } from './options.ts';

/** What can be measured, in the order in which it is. */
export const BENCH_PARTS = ['step', 'prediction', 'reading', 'startup', 'growth'] as const;
export type BenchPart = (typeof BENCH_PARTS)[number];

export interface BenchFlags {
  readonly batch?: readonly number[];
  readonly threads?: readonly number[];
  readonly build?: readonly Build[];
  readonly rows?: readonly number[];
  readonly turns: number;
  readonly peers: boolean;
  readonly patience: number;
  readonly out?: string;
  readonly force: boolean;
  readonly json?: true;
}

/** `fiducial bench`: how fast everything is, beside others. */
export function setUp(command: Command): void {
  command
    .argument(
      '[names...]',
      'parts (step, prediction, reading, startup, growth; default: all) and recipes to time',
    )
    .option(
      '--batch <rows>',
      "rows of a batch, such as 32,128 (default: both, or the named recipe's own)",
      list(wholeNumber(1, 4096)),
    )
    .option(
      '--threads <counts>',
      'such as 1,2 (default: one and all processors; all for a named recipe)',
      list(wholeNumber(1, 64)),
    )
    .addOption(
      new Option(
        '--build <names>',
        'plain,relaxed (default: both; the faster one for a named recipe)',
      ).argParser(list(build)),
    )
    .option(
      '--rows <counts>',
      'rows of tables for reading and growth (default: 7049; 1000 to 200000)',
      list(wholeNumber(1, 10_000_000)),
    )
    .option('--turns <count>', 'turns of each side after warming up', wholeNumber(1), 10)
    .option('--no-peers', 'leave PyTorch, onnxruntime-web and pandas out')
    .option(
      '--patience <seconds>',
      'what another program may take for an answer',
      wholeNumber(1),
      300,
    )
    .option('--out <file>', 'also keep the figures as JSON')
    .addOption(forceOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `${examples(
        'fiducial bench',
        'fiducial bench net2',
        'fiducial bench step net1 net2 --threads 1 --batch 32',
        'fiducial bench prediction reading --out figures.json',
      )}
Others take part where they are: PyTorch and pandas of the Python that PYTHON names, or of
python3 or /usr/bin/python3; onnxruntime-web where npm has it.
`,
    )
    .action(async (names: readonly string[], flags: BenchFlags) => {
      const { runBench } = await import('./bench/run.ts');
      await runBench(names, flags);
    });
}

/** A parser of several values with commas between. */
const list =
  <T>(parse: (text: string) => T) =>
  (text: string): T[] =>
    text.split(',').map((part) => parse(part.trim()));

function build(text: string): Build {
  if (text === 'plain' || text === 'relaxed') return text;
  throw new InvalidArgumentError('Expected plain, relaxed or both with a comma between.');
}
