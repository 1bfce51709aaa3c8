import type { Command } from 'commander';
import type { TrainingStepResult } from '../../bench/training-step.ts';
import type { Machine } from '../node/machine.ts';
import { addEngineOptions, type EngineFlags, engineOptions } from './engine-options.ts';
import { examples, jsonOption, wholeNumber } from './options.ts';
import { printJson } from './output.ts';
import { textTable } from './text-table.ts';

interface BenchFlags extends EngineFlags {
  readonly batch?: number;
  readonly steps: number;
  readonly peer: boolean;
  readonly json?: true;
}

/** `fiducial bench`: how fast a training step is, and beside PyTorch. */
export function setUp(command: Command): void {
  command
    .argument('[recipes...]', 'recipes to time', ['net2'])
    .option('--batch <rows>', "rows of a batch (default: the recipe's)", wholeNumber(1, 4096))
    .option(
      '--steps <count>',
      'turns of each side, after three to warm up; a turn is a step or several short ones',
      wholeNumber(1),
      10,
    )
    .option('--no-peer', 'leave PyTorch out');
  addEngineOptions(command)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('fiducial bench', 'fiducial bench net1 net2 --threads 1 --batch 32'),
    )
    .action(async (names: readonly string[], flags: BenchFlags) => {
      const [{ chooseRecipe }, { benchTrainingStep }, { describeMachine }] = await Promise.all([
        import('./recipe-options.ts'),
        import('../../bench/training-step.ts'),
        import('../node/machine.ts'),
      ]);
      const circumstances = {
        machine: describeMachine(),
        date: new Date().toISOString().slice(0, 10),
      };
      const chosen = [];
      for (const name of names) chosen.push(await chooseRecipe(name, { set: [] }));
      for (const recipe of chosen) {
        const result = await benchTrainingStep(recipe, {
          batch: flags.batch ?? recipe.batch,
          steps: flags.steps,
          engine: engineOptions(flags),
          peer: flags.peer,
        });
        if (flags.json) printJson({ ...circumstances, ...result });
        else process.stdout.write(benchText(result, circumstances));
      }
    });
}

/** Where and when a measurement was made. */
interface Circumstances {
  readonly machine: Machine;
  readonly date: string;
}

function benchText(result: TrainingStepResult, { machine, date }: Circumstances): string {
  const { step, phases, peer, ceiling, threads } = result;
  const share = (part: number): string => `${(100 * part).toFixed(0)} %`;
  const milliseconds = (value: number): string => value.toFixed(2);
  const total = phases.reduce((sum, { timing }) => sum + timing.median, 0);
  const lines = textTable(
    ['phase', 'ms', 'of step', 'GFLOP/s', 'of ceiling'],
    phases.map(({ label, timing, gflops }) => [
      label,
      milliseconds(timing.median),
      share(timing.median / total),
      gflops ? gflops.toFixed(1) : '',
      gflops ? share(gflops / ceiling) : '',
    ]),
  );
  const steps: [string, typeof step][] = [['fiducial', step]];
  if ('layouts' in peer) {
    for (const [layout, timing] of Object.entries(peer.layouts)) {
      steps.push([`${peer.name}, ${layout}`, timing]);
    }
  }
  const sides = textTable(
    ['training step', 'median ms', 'range', 'turns'],
    steps.map(([name, { median, min, max, runs }]) => [
      name,
      milliseconds(median),
      `${milliseconds(min)} … ${milliseconds(max)}`,
      String(runs),
    ]),
  );
  return [
    `${result.recipe}, batch ${result.batch}, ${result.build} SIMD, ${threads} thread${threads === 1 ? '' : 's'}`,
    `${machine.processor}, Node ${machine.node}, ${date}; ceiling ${ceiling.toFixed(1)} GFLOP/s`,
    '',
    ...lines,
    '',
    ...sides,
    'layouts' in peer
      ? `fiducial / ${peer.name} (its faster layout): ${peer.ratio.toFixed(3)}`
      : `without PyTorch: ${peer.absent}`,
    '',
    'GFLOP/s count the multiply-adds of the direct method; the way back through pooling needs fewer.',
    '',
    '',
  ].join('\n');
}
