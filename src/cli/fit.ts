import type { Command } from 'commander';
import { addEngineOptions, type EngineFlags, engineOptions } from './engine-options.ts';
import {
  collect,
  examples,
  forceOption,
  jsonOption,
  pointsOption,
  wholeNumber,
} from './options.ts';
import type { RecipeFlags } from './recipe-options.ts';

interface FitFlags extends RecipeFlags, EngineFlags {
  readonly data: string;
  readonly out?: string;
  readonly force: boolean;
  readonly tensorboard?: true;
  readonly json?: true;
}

/** `fiducial fit`: trains a recipe on a table. */
export function addFit(program: Command): void {
  const command = program
    .command('fit')
    .description('train a network on a table of faces')
    .argument('<recipe>', 'net1, net2, start, or a recipe.json or the folder of a run')
    .requiredOption('--data <table>', 'a .csv, .csv.gz or .zip file with keypoints')
    .option('--out <folder>', 'where the run goes (default: runs/<recipe>)')
    .option('--epochs <count>', 'rounds through the rows', wholeNumber(1))
    .option(
      '--seed <number>',
      'of split, first weights, order and dropout',
      wholeNumber(0, 2 ** 32 - 1),
    )
    .option('--batch <rows>', 'rows of a batch', wholeNumber(1, 4096))
    .addOption(pointsOption('learn these alone, from the rows that have all of them'))
    .option('--groups <table>', 'Row,Group: rows of one group never straddle the split')
    .option('--set <key=value>', 'change any value of the recipe; may be repeated', collect, [])
    .option('--tensorboard', 'also write an event file: tensorboard --logdir runs')
    .addOption(forceOption());
  addEngineOptions(command)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'fiducial fit net2 --data training.zip --out runs/net2',
        'fiducial fit net1 --data training.zip --epochs 50 --set learningRate=0.02 --set rule=adam',
        'fiducial fit net2 --data training.zip --points nose_tip,left_eye_center --out runs/nose',
        'fiducial fit runs/net2/recipe.json --data training.zip --out runs/again',
      ),
    )
    .action(async (name: string, flags: FitFlags) => {
      const [{ chooseRecipe }, { readTable }, { readGroups }, { RunFolder }, { runTraining }] =
        await Promise.all([
          import('./recipe-options.ts'),
          import('../node/read-table.ts'),
          import('../node/read-groups.ts'),
          import('../node/run-folder.ts'),
          import('./run-training.ts'),
        ]);
      const recipe = await chooseRecipe(name, flags);
      const out = flags.out ?? `runs/${recipe.name}`;
      await RunFolder.check(out, flags.force);
      const dataset = await readTable(flags.data);
      const groups = flags.groups ? await readGroups(flags.groups, dataset.rows) : undefined;
      await runTraining(recipe, dataset, {
        out,
        groups,
        force: flags.force,
        tensorboard: flags.tensorboard,
        dataName: flags.data,
        engine: engineOptions(flags),
        show: flags.json ? 'json' : 'text',
      });
    });
}
