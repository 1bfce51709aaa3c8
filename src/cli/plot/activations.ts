import type { Command } from 'commander';
import { addEngineOptions, type EngineFlags, engineOptions } from '../engine-options.ts';
import { examples, wholeNumber } from '../options.ts';
import { refuseToReplace } from '../output.ts';
import { addFigureOptions, type FigureFlags, writeFigure } from './figure.ts';

interface ActivationsFlags extends FigureFlags, EngineFlags {
  readonly data: string;
  readonly row: number;
  readonly maps: number;
}

/** `fiducial plot activations`: what every layer makes of one face. */
export function addActivations(plot: Command): void {
  const command = plot
    .command('activations')
    .description('what every layer of a network makes of one face')
    .argument('<model>', 'the folder of a run, or a model file')
    .requiredOption('--data <table>', 'a .csv, .csv.gz or .zip file with images')
    .option('--row <number>', 'which face of the table, from 1', wholeNumber(1), 1)
    .option('--maps <count>', 'maps of a layer that are drawn, the strongest', wholeNumber(1), 16);
  addEngineOptions(addFigureOptions(command))
    .addHelpText(
      'after',
      examples('fiducial plot activations runs/net2 --data test.zip --row 7 --out row7.png'),
    )
    .action(async (path: string, flags: ActivationsFlags) => {
      await refuseToReplace(flags.out, flags.force);
      const [{ basename }, { activationsFigure }] = await Promise.all([
        import('node:path'),
        import('../../plot/activations.ts'),
      ]);
      const { image, format, layers } = await computeActivations(path, flags);
      const title = `What ${basename(path)} makes of row ${flags.row} of ${basename(flags.data)}`;
      const { maps, theme } = flags;
      await writeFigure(flags, activationsFigure(layers, { title, image, format, maps, theme }));
    });
}

async function computeActivations(path: string, flags: ActivationsFlags) {
  const [
    { readModel },
    { readTable },
    { requireFit },
    { imageOf },
    { Engine },
    { activations },
    { InputError },
  ] = await Promise.all([
    import('../../node/run-folder.ts'),
    import('../../node/read-table.ts'),
    import('../../predict/fit-check.ts'),
    import('../../data/dataset.ts'),
    import('../../engine/engine.ts'),
    import('../../engine/probe.ts'),
    import('../../errors.ts'),
  ]);
  const { data, row } = flags;
  const model = await readModel(path);
  const table = await readTable(data);
  requireFit(model, table, data);
  if (row > table.rows) {
    throw new InputError(
      `--row ${row}: ${data} has ${table.rows} rows`,
      `Choose one from 1 to ${table.rows}.`,
    );
  }
  const image = imageOf(table, row - 1);
  const { network, parameters, scaling } = model;
  const input = Float32Array.from(image, (value) => value / scaling.imageDivisor);
  const engine = await Engine.start(engineOptions(flags));
  try {
    const blocks = await activations(engine, network, parameters, input, scaling.standardisation);
    const layers = blocks.map(({ block, values }) => ({
      name: block.name,
      shape: block.output,
      values,
    }));
    return { image, format: model.schema, layers };
  } finally {
    await engine.close();
  }
}
