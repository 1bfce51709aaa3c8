import { type Command, InvalidArgumentError } from 'commander';
import { examples, forceOption } from './options.ts';
import { refuseToReplace } from './output.ts';

interface BlendFlags {
  readonly weights?: readonly number[];
  readonly out: string;
  readonly force: boolean;
}

/** `fiducial blend`: the average of what several models answered. */
export function setUp(command: Command): void {
  command
    .argument('<tables...>', 'submissions, or tables of predictions: the same rows in each')
    .option(
      '--weights <numbers>',
      'how much each counts, with commas between (default: all the same)',
      positive,
    )
    .requiredOption('--out <file>', 'the average, a .csv file in the order of the first table')
    .addOption(forceOption())
    .addHelpText(
      'after',
      examples(
        'fiducial blend net6.csv net12.csv --out blended.csv',
        'fiducial blend best.csv second.csv third.csv --weights 2,1,1 --out blended.csv',
      ),
    )
    .action(async (paths: readonly string[], { weights, out, force }: BlendFlags) => {
      await refuseToReplace(out, force);
      const [{ parseCsv }, { blend }, { readText }, { writeFileAtomically }] = await Promise.all([
        import('../data/csv.ts'),
        import('../kaggle/blend.ts'),
        import('../node/read-file.ts'),
        import('../node/write-file.ts'),
      ]);
      const tables = await Promise.all(
        paths.map(async (path) => parseCsv(await readText(path), path)),
      );
      const text = blend(tables, weights ?? paths.map(() => 1));
      await writeFileAtomically(out, text);
      process.stdout.write(
        `${out}: ${tables[0]!.rows.length} rows, the average of ${paths.length} tables\n`,
      );
    });
}

/** A parser of positive numbers with commas between: `2,1,0.5`. */
function positive(text: string): number[] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (numbers.every((number) => number > 0 && number < Infinity)) return numbers;
  throw new InvalidArgumentError('Expected positive numbers with commas between, as in 2,1.');
}
