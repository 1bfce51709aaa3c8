import type { Command } from 'commander';
import { examples } from '../options.ts';
import { addFigureOptions, type FigureFlags, writeFigure } from './figure.ts';

/** `fiducial plot weights`: what the first layer, or another one, has learned to look for. */
export function addWeights(plot: Command): void {
  const command = plot
    .command('weights')
    .description('the weights of a layer as pictures')
    .argument('<model>', 'the folder of a run, or a model file')
    .option('--layer <name>', 'conv1, …; default: the first layer with weights');
  addFigureOptions(command)
    .addHelpText(
      'after',
      examples(
        'fiducial plot weights runs/net2 --out conv1.svg',
        'fiducial plot weights runs/net2 --layer conv2 --out conv2.png',
      ),
    )
    .action(async (path: string, flags: FigureFlags & { readonly layer?: string }) => {
      const [{ basename }, { readModel }, { pictureWeights }, { weightsFigure }] =
        await Promise.all([
          import('node:path'),
          import('../../node/run-folder.ts'),
          import('../../plot/picture-weights.ts'),
          import('../../plot/weights.ts'),
        ]);
      const { network, parameters } = await readModel(path);
      const { name, ...weights } = pictureWeights(network, parameters, flags.layer);
      const title = `Weights of ${name} in ${basename(path)}`;
      await writeFigure(flags, weightsFigure(weights, { title, theme: flags.theme }));
    });
}
