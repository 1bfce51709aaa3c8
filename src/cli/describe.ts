import type { Command } from 'commander';
import { correctionsOption, examples, jsonOption } from './options.ts';
import { printJson } from './output.ts';

interface DescribeFlags {
  readonly groups?: string;
  readonly corrections?: string;
  readonly json?: true;
}

/** `fiducial describe`: what a table of faces holds. */
export function setUp(command: Command): void {
  command
    .argument('<table>', 'a .csv, .csv.gz or .zip file')
    .option('--groups <table>', 'Row,Group: rows that belong together, such as of one person')
    .addOption(correctionsOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'fiducial describe training.zip',
        'fiducial describe training.zip --groups groups.csv',
        'fiducial describe faces.csv.gz --json',
      ),
    )
    .action(async (path: string, options: DescribeFlags) => {
      const [{ readCorrectedTable }, { readGroups }, { describe }, { descriptionText }] =
        await Promise.all([
          import('../node/read-corrections.ts'),
          import('../node/read-groups.ts'),
          import('../data/describe.ts'),
          import('../data/description-text.ts'),
        ]);
      const { dataset: table } = await readCorrectedTable(path, options.corrections);
      const { groups } = options;
      const description = describe(
        table,
        groups === undefined ? undefined : await readGroups(groups, table),
      );
      if (options.json) printJson(description);
      else process.stdout.write(descriptionText(description));
    });
}
