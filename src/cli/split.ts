import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Dataset } from '../data/dataset.ts';
import type { SplitRows } from '../data/split.ts';
import { examples, forceOption, seedOption, wholeNumber } from './options.ts';
import { refuseExisting, refuseToReplace } from './output.ts';

interface SplitFlags {
  readonly folds: number;
  readonly groups?: string;
  readonly seed: number;
  readonly out: string;
  readonly tables?: string;
  readonly force: boolean;
}

/** `fiducial split`: the folds of a cross-validation, as a list and as tables to train on. */
export function setUp(command: Command): void {
  command
    .argument('<table>', 'a .csv, .csv.gz or .zip file of faces')
    .option('--folds <count>', 'how many', wholeNumber(2, 1000), 5)
    .option(
      '--groups <table>',
      'Row,Group, or a column of the table: a group stays in one fold (default: pictures alike)',
    )
    .addOption(seedOption())
    .requiredOption('--out <file>', 'a .csv file Row,Fold: in which fold each row validates')
    .option(
      '--tables <folder>',
      'also write the faces of each fold: fold1.train.csv.gz, fold1.valid.csv.gz, …',
    )
    .addOption(forceOption())
    .addHelpText(
      'after',
      examples(
        'fiducial split training.zip --groups groups.csv --out folds.csv',
        'fiducial split training.zip --folds 10 --out folds.csv --tables folds',
      ),
    )
    .action(async (path: string, flags: SplitFlags) => {
      const { out, tables, force } = flags;
      const files = tables ? foldFiles(tables, flags.folds) : [];
      await refuseToReplace(out, force);
      for (const file of files.flat()) await refuseExisting(file, force);
      const [
        { csvLine },
        { foldsOf },
        { similarGroups },
        { allRows },
        { readGroups },
        { readTable },
        { writeFileAtomically },
      ] = await Promise.all([
        import('../data/csv.ts'),
        import('../data/folds.ts'),
        import('../data/near-duplicates.ts'),
        import('../data/select.ts'),
        import('../node/read-groups.ts'),
        import('../node/read-table.ts'),
        import('../node/write-file.ts'),
      ]);
      const table = await readTable(path);
      const groups = flags.groups ? await readGroups(flags.groups, table) : similarGroups(table);
      const folds = foldsOf(allRows(table), flags.folds, { seed: flags.seed, groups });
      if (tables) await writeTables(tables, files, table, folds);
      const lines = new Array<string>(table.rows);
      folds.forEach(({ valid }, fold) => {
        for (const row of valid) lines[row] = csvLine([`${row + 1}`, `${fold + 1}`]);
      });
      await writeFileAtomically(out, csvLine(['Row', 'Fold']) + lines.join(''));
      const sizes = folds.map(({ valid }) => valid.length).join(', ');
      process.stdout.write(`${out}: ${table.rows} rows in folds of ${sizes}\n`);
      if (!tables) return;
      process.stdout.write(`${tables}: a table to train on and one to validate on for each fold\n`);
    });
}

/** Names of the tables of each fold, to train on and to validate on. */
const foldFiles = (folder: string, folds: number): [train: string, valid: string][] =>
  Array.from({ length: folds }, (_, fold) => [
    join(folder, `fold${fold + 1}.train.csv.gz`),
    join(folder, `fold${fold + 1}.valid.csv.gz`),
  ]);

async function writeTables(
  folder: string,
  files: readonly (readonly [train: string, valid: string])[],
  table: Dataset,
  folds: readonly SplitRows[],
): Promise<void> {
  const [{ selectRows }, { explainSystemError }, { writeTable }] = await Promise.all([
    import('../data/select.ts'),
    import('../node/system-error.ts'),
    import('../node/write-table.ts'),
  ]);
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw explainSystemError(error, folder);
  });
  for (const [fold, [train, valid]] of files.entries()) {
    await writeTable(train, selectRows(table, folds[fold]!.train));
    await writeTable(valid, selectRows(table, folds[fold]!.valid));
  }
}
