import type { Command } from 'commander';
import type { Channels } from '../../data/image-format.ts';
import type { NetworkSpec } from '../../nn/network.ts';
import { channelsOption, examples, wholeNumber } from '../options.ts';
import { addFigureOptions, type FigureFlags, writeFigure } from './figure.ts';

interface ArchitectureFlags extends FigureFlags {
  readonly side: number;
  readonly channels: Channels;
  readonly keypoints: number;
}

/** `fiducial plot architecture`: layers, shapes and parameters of a network. */
export function addArchitecture(plot: Command): void {
  const command = plot
    .command('architecture')
    .description('the layers of a network with their shapes and parameters')
    .argument('<network>', 'the folder of a run, a model file, or a recipe')
    .option('--side <pixels>', 'of a recipe: width of the images', wholeNumber(1, 4096), 96)
    .addOption(channelsOption('of a recipe: colours of the images'))
    .option('--keypoints <count>', 'of a recipe: how many', wholeNumber(1, 10_000), 15);
  addFigureOptions(command)
    .addHelpText(
      'after',
      examples(
        'fiducial plot architecture net2 --out net2.svg',
        'fiducial plot architecture runs/net2 --out net2.png',
        'fiducial plot architecture my-recipe.json --keypoints 68 --out mine.svg',
      ),
    )
    .action(async (name: string, flags: ArchitectureFlags) => {
      const [{ basename }, { architectureFigure }] = await Promise.all([
        import('node:path'),
        import('../../plot/architecture.ts'),
      ]);
      const network = await readNetwork(name, flags);
      const title = `Architecture of ${basename(name)}`;
      await writeFigure(flags, architectureFigure(network, { title, theme: flags.theme }));
    });
}

/** Of a run or model file as it is; of a recipe for the keypoints that the flags ask for. */
async function readNetwork(
  name: string,
  { side, channels, keypoints }: ArchitectureFlags,
): Promise<NetworkSpec> {
  const [{ recipes }, { readModel }] = await Promise.all([
    import('../../../recipes/index.ts'),
    import('../../node/run-folder.ts'),
  ]);
  const isRecipe = Object.hasOwn(recipes, name) || name.endsWith('.json') || !/[/\\.]/.test(name);
  if (!isRecipe) return (await readModel(name)).network;
  const [{ keypointSchema }, { chooseRecipe }, { networkFor }] = await Promise.all([
    import('../../data/schema.ts'),
    import('../recipe-options.ts'),
    import('../../train/recipe.ts'),
  ]);
  const recipe = await chooseRecipe(name, { set: [] });
  const numbered = Array.from({ length: keypoints }, (_, i) => `point ${i + 1}`);
  const points = recipe.points === 'all' ? numbered : recipe.points;
  return networkFor(recipe, keypointSchema(points, side, channels));
}
