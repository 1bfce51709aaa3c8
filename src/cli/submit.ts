import type { Command } from 'commander';
import { addEnsembleOptions, type EnsembleFlags } from './ensemble-options.ts';
import { examples, forceOption, modelArgument } from './options.ts';
import { refuseToReplace } from './output.ts';

interface SubmitFlags extends EnsembleFlags {
  readonly test: string;
  readonly lookup: string;
  readonly out: string;
  readonly force: boolean;
}

/** `fiducial submit`: a competition's lookup table, answered. */
export function setUp(command: Command): void {
  command
    .addArgument(modelArgument())
    .requiredOption('--test <table>', 'test.zip: the faces without keypoints')
    .requiredOption('--lookup <file>', 'IdLookupTable.csv: which coordinates are asked for')
    .requiredOption('--out <file>', 'the submission, a .csv file')
    .addOption(forceOption());
  addEnsembleOptions(command)
    .addHelpText(
      'after',
      '\nA model that has learnt two conventions answers a picture of which nothing is asked but the\n' +
        'points of rows with few labels by theirs, all others by that of rows with many.\n' +
        examples(
          'fiducial submit runs/net2 --test test.zip --lookup IdLookupTable.csv --out submission.csv',
        ),
    )
    .action(async (named: string | undefined, flags: SubmitFlags) => {
      await refuseToReplace(flags.out, flags.force);
      const [
        { parseLookup },
        { submission },
        { readText },
        { writeFileAtomically },
        { predictTable, readModelsWithTable },
        { fewPointsOf },
        { shippedModel },
      ] = await Promise.all([
        import('../kaggle/lookup.ts'),
        import('../kaggle/submission.ts'),
        import('../node/read-file.ts'),
        import('../node/write-file.ts'),
        import('./predict/table.ts'),
        import('../predict/imitate.ts'),
        import('../node/shipped-model.ts'),
      ]);
      const lookup = parseLookup(await readText(flags.lookup), flags.lookup);
      const found = await readModelsWithTable(named ?? shippedModel(), flags.test, flags);
      const predictions = await predictTable(found, flags, 'many');
      const points = fewPointsOf(found.models);
      const few = points && { points, predictions: await predictTable(found, flags, 'few') };
      const text = submission(predictions, lookup, few);
      await writeFileAtomically(flags.out, text);
      process.stdout.write(`${flags.out}: ${text.split('\n').length - 2} coordinates\n`);
    });
}
