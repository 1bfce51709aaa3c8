import type { Command } from 'commander';
import { examples, jsonOption } from './options.ts';
import { printJson } from './output.ts';

/** `fiducial score`: how far a submission is from the answers. */
export function setUp(command: Command): void {
  command
    .argument('<submission>', 'a table with the columns RowId and Location')
    .requiredOption('--labels <file>', 'the answers, with the same columns')
    .addOption(jsonOption())
    .addHelpText('after', examples('fiducial score submission.csv --labels answers.csv'))
    .action(async (path: string, options: { readonly labels: string; readonly json?: true }) => {
      const [{ readText }, { parseLocations, score }] = await Promise.all([
        import('../node/read-file.ts'),
        import('../kaggle/score.ts'),
      ]);
      const read = async (file: string) => parseLocations(await readText(file), file);
      const result = score(await read(path), await read(options.labels));
      if (options.json) printJson(result);
      else process.stdout.write(`RMSE ${result.rmse.toFixed(5)} pixels over ${result.rows} rows\n`);
    });
}
