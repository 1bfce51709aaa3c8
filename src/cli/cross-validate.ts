import type { Command } from 'commander';
import { addEngineOptions } from './engine-options.ts';
import { addViewOptions } from './ensemble-options.ts';
import {
  addCardOptions,
  addRecipeOptions,
  examples,
  forceOption,
  jsonOption,
  wholeNumber,
} from './options.ts';
import type { CrossValidateFlags } from './run-cross-validation.ts';

/** `fiducial cross-validate`: trains a recipe once for each fold and measures it on the rows held out. */
export function setUp(command: Command): void {
  command
    .argument(
      '[recipe]',
      'a recipe of one net, as for fit; with --resume also the folder that goes on',
      'compact',
    )
    .option('--data <table>', 'a .csv, .csv.gz or .zip file with keypoints')
    .option('--folds <count>', 'how many (default: 5)', wholeNumber(2, 1000))
    .option(
      '--groups <table>',
      'Row,Group, or a column of the table: a group stays in one fold (default: pictures that look alike)',
    )
    .option('--out <folder>', 'where the runs and results go (default: runs/<recipe>-folds)')
    .option('--resume', 'go on with what is there, to the same bits')
    .option(
      '--until <epoch>',
      'end each fold after this epoch, to go on another time',
      wholeNumber(1),
    )
    .option('--jobs <count>', 'folds that are trained at once (default: 1)', wholeNumber(1))
    .option('--epochs <count>', 'rounds through the rows', wholeNumber(1))
    .option(
      '--seed <number>',
      'of folds, first weights, order and dropout',
      wholeNumber(0, 2 ** 32 - 1),
    );
  addCardOptions(addEngineOptions(addViewOptions(addRecipeOptions(command))))
    .addOption(forceOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nThe folds are those of fiducial split with the same seed. Each is a run that fit could have made;\n' +
        'out-of-fold.csv has what is found in each row of the table by the model that has not seen it, with\n' +
        '--flip and --shift as submit would find it.\n' +
        examples(
          'fiducial cross-validate --data training.zip --groups groups.csv --flip --shift 4',
          'fiducial cross-validate net1 --data training.zip --groups groups.csv',
          'fiducial cross-validate net2 --data training.zip --folds 10 --epochs 50 --jobs 2',
          'fiducial cross-validate runs/net1-folds --resume',
        ),
    )
    .action(async (name: string, flags: CrossValidateFlags) => {
      // One that goes on knows its table.
      if (flags.data === undefined && !flags.resume) {
        command.error("error: required option '--data <table>' not specified");
      }
      const { crossValidate } = await import('./run-cross-validation.ts');
      await crossValidate(name, flags);
    });
}
