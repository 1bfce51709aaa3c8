import type { Command } from 'commander';
import { examples, jsonOption } from './options.ts';
import { printJson } from './output.ts';

interface DescribeFlags {
  readonly groups?: string;
  readonly json?: true;
}

/** `fiducial describe`: what a table of faces holds. */
export function setUp(command: Command): void {
  command
    .argument('<table>', 'a .csv, .csv.gz or .zip file')
    .option('--groups <table>', 'Row,Group: rows that belong together, such as of one person')
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
      const [{ readTable }, { readGroups }, { describe }, { descriptionText }] = await Promise.all([
        import('../node/read-table.ts'),
        import('../node/read-groups.ts'),
        import('../data/describe.ts'),
        import('../data/description-text.ts'),
      ]);
      const table = await readTable(path);
      const { groups } = options;
      const description = describe(
        table,
        groups === undefined ? undefined : await readGroups(groups, table),
      );
      if (options.json) printJson(description);
      else process.stdout.write(descriptionText(description));
    });
}
