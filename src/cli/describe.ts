import type { Command } from 'commander';
import { examples, jsonOption } from './options.ts';
import { printJson } from './output.ts';

/** `fiducial describe`: what a table of faces holds. */
export function setUp(command: Command): void {
  command
    .argument('<table>', 'a .csv, .csv.gz or .zip file')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('fiducial describe training.zip', 'fiducial describe faces.csv.gz --json'),
    )
    .action(async (path: string, options: { readonly json?: true }) => {
      const [{ readTable }, { describe }, { descriptionText }] = await Promise.all([
        import('../node/read-table.ts'),
        import('../data/describe.ts'),
        import('../data/description-text.ts'),
      ]);
      const description = describe(await readTable(path));
      if (options.json) printJson(description);
      else process.stdout.write(descriptionText(description));
    });
}
