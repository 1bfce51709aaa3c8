import type { Command } from 'commander';
import type { UnitResponse } from '../../engine/probe.ts';
import type { NetworkSpec } from '../../nn/network.ts';
import { addEngineOptions, type EngineFlags, engineOptions } from '../engine-options.ts';
import { examples, seedOption, wholeNumber } from '../options.ts';
import { refuseToReplace } from '../output.ts';
import { addFigureOptions, type FigureFlags, writeFigure } from './figure.ts';

interface ResponsesFlags extends FigureFlags, EngineFlags {
  readonly layer?: string;
  readonly steps: number;
  readonly count: number;
  readonly seed: number;
}

const COLUMNS = 6;
const STEP_SIZE = 5;

/** `fiducial plot responses`: the pictures that the filters of a layer respond to most. */
export function addResponses(plot: Command): void {
  const command = plot
    .command('responses')
    .description(
      'what each filter of a layer responds to most, found by gradient ascent from noise',
    )
    .argument('<model>', 'the folder of a run, or a model file')
    .option('--layer <name>', 'default: conv3, or the last convolution where there is none')
    .option(
      '--steps <count>',
      `of size ${STEP_SIZE} on the normalised gradient`,
      wholeNumber(1),
      200,
    )
    .option('--count <filters>', 'how many are drawn, the strongest first', wholeNumber(1), 12)
    .addOption(seedOption());
  addEngineOptions(addFigureOptions(command))
    .addHelpText(
      'after',
      examples(
        'fiducial plot responses runs/net2 --out conv3.png',
        'fiducial plot responses runs/net2 --layer conv1 --count 32 --out conv1.svg',
      ),
    )
    .action(async (path: string, flags: ResponsesFlags) => {
      await refuseToReplace(flags.out, flags.force);
      const [{ basename }, { responsesFigure }] = await Promise.all([
        import('node:path'),
        import('../../plot/responses.ts'),
      ]);
      const { layer, responses } = await computeResponses(path, flags);
      const { count, steps, theme } = flags;
      const shown = Math.min(count, responses.length);
      const figure = responsesFigure(responses, {
        title: `What ${layer} of ${basename(path)} responds to most`,
        note: `The ${shown} strongest of ${responses.length}, after ${steps} steps of gradient ascent from noise.`,
        ...{ columns: COLUMNS, count, theme },
      });
      await writeFigure(flags, figure);
    });
}

async function computeResponses(
  path: string,
  flags: ResponsesFlags,
): Promise<{ layer: string; responses: UnitResponse[] }> {
  const [{ readModel }, { Engine }, { ascend }] = await Promise.all([
    import('../../node/run-folder.ts'),
    import('../../engine/engine.ts'),
    import('../../engine/probe.ts'),
  ]);
  const { network, parameters } = await readModel(path);
  const layer = await chooseLayer(network, flags.layer);
  const engine = await Engine.start(engineOptions(flags));
  try {
    const { steps, seed } = flags;
    const options = { steps, seed, stepSize: STEP_SIZE, onProgress: showProgress };
    return { layer, responses: await ascend(engine, network, parameters, layer, options) };
  } finally {
    await engine.close();
  }
}

/** The layer that is asked for, or the one that says most: conv3, or the last convolution. */
async function chooseLayer(network: NetworkSpec, name: string | undefined): Promise<string> {
  const [{ layerInfos }, { InputError }, { didYouMean }] = await Promise.all([
    import('../../nn/network.ts'),
    import('../../errors.ts'),
    import('../../nearest.ts'),
  ]);
  const layers = layerInfos(network).filter(({ parameters }) => parameters.length > 0);
  const names = layers.map((layer) => layer.name);
  if (name !== undefined) {
    if (names.includes(name)) return name;
    throw new InputError(`no layer "${name}" with weights`, didYouMean(name, names));
  }
  if (names.includes('conv3')) return 'conv3';
  const last = layers.findLast(({ spec }) => spec.type === 'conv2d');
  if (last) return last.name;
  throw new InputError(
    'the network has no convolution',
    `Name another layer with --layer: ${names.join(', ')}.`,
  );
}

/** On a terminal, how far it is; it may take a minute. */
function showProgress(done: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(done < 1 ? `\r${Math.floor(done * 100)} % ` : '\r      \r');
}
