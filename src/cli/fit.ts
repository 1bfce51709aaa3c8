import type { Command } from 'commander';
import { addEngineOptions } from './engine-options.ts';
import type { EpochsFlag, FitFlags } from './fit-recipe.ts';
import {
  addCardOptions,
  addRecipeOptions,
  examples,
  forceOption,
  jsonOption,
  wholeNumber,
} from './options.ts';

/** `fiducial fit`: trains a recipe on a table. */
export function setUp(command: Command): void {
  command
    .argument(
      '[recipe]',
      'compact, accurate, heatmaps, net1 to net12, keras1 to keras8, keras-top, specialists, start, a recipe.json or a run',
      'compact',
    )
    .option('--data <table>', 'a .csv, .csv.gz or .zip file with keypoints')
    .option('--out <folder>', 'where the run goes (default: runs/<recipe>)')
    .option('--epochs <count>', 'rounds through the rows; +100: so many more than before', epochs)
    .option('--resume', 'go on with the run that is there, to the same bits')
    .option('--until <epoch>', 'end after this epoch, to go on another time', wholeNumber(1))
    .option(
      '--checkpoint-every <epochs>',
      'from one checkpoint to the next (default: 30 seconds)',
      wholeNumber(1),
    )
    .option('--teacher <runs>', 'learn also what these runs or models find, with commas between')
    .option(
      '--seeds <count>',
      'an ensemble: so many of the net, each from its seed',
      wholeNumber(1, 100),
    )
    .option(
      '--jobs <count>',
      'nets of several that are trained at once (default: 1)',
      wholeNumber(1),
    )
    .option(
      '--seed <number>',
      'of split, first weights, order and dropout',
      wholeNumber(0, 2 ** 32 - 1),
    )
    .option(
      '--groups <table>',
      'Row,Group, or a column of the table: a group never straddles the split',
    )
    .option('--tensorboard', 'also write an event file: tensorboard --logdir runs');
  addCardOptions(addEngineOptions(addRecipeOptions(command)))
    .addOption(forceOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'fiducial fit --data training.zip',
        'fiducial fit net2 --data training.zip --out runs/net2',
        'fiducial fit net1 --data training.zip --epochs 50 --set learningRate=0.02 --set rule=adam',
        'fiducial fit net2 --data training.zip --points nose_tip,left_eye_center --out runs/nose',
        'fiducial fit runs/net2/recipe.json --data training.zip --out runs/again',
        'fiducial fit specialists --data training.zip --pretrain runs/net8 --jobs 2',
        'fiducial fit net2 --seeds 4 --data training.zip --jobs 2',
        'fiducial fit net2 --data mine.csv --pretrain runs/net2 --freeze conv1,conv2:20 --out runs/mine',
        'fiducial fit net2 --teacher runs/net2-ensemble --data training.zip --out runs/pupil',
        'fiducial fit runs/net2 --resume',
        'fiducial fit runs/net2 --resume --epochs +2000',
      ),
    )
    .action(async (name: string, flags: FitFlags) => {
      // A run that goes on knows its table.
      if (flags.data === undefined && !flags.resume) {
        command.error("error: required option '--data <table>' not specified");
      }
      const [{ isTeam }, { fitRecipe }] = await Promise.all([
        import('./chosen-team.ts'),
        import('./fit-recipe.ts'),
      ]);
      if (flags.seeds !== undefined || (await isTeam(name))) {
        const { fitTeam } = await import('./fit-team.ts');
        return fitTeam(name, flags);
      }
      if (flags.jobs !== undefined) {
        command.error('error: --jobs is for several nets; one has all threads to itself');
      }
      await fitRecipe(name, flags);
    });
}

const epochs = (text: string): EpochsFlag => ({
  count: wholeNumber(1)(text),
  more: text.startsWith('+'),
});
