import { Command } from 'commander';
import { VERSION } from '../node/version.ts';
import { addBench } from './bench.ts';
import { addCompare } from './compare.ts';
import { addDescribe } from './describe.ts';
import { addDoctor } from './doctor.ts';
import { addEvaluate } from './evaluate.ts';
import { addFit } from './fit.ts';
import { examples } from './options.ts';
import { addPlot } from './plot.ts';
import { addPredict } from './predict.ts';
import { addReport } from './report.ts';
import { addScore } from './score.ts';
import { addStart } from './start.ts';
import { addSubmit } from './submit.ts';
import { addSynth } from './synth.ts';

/**
 * The command line. It loads no more than the descriptions of the commands: what a command needs, it
 * imports when it runs.
 *
 * @example
 * await createProgram().parseAsync();
 */
export function createProgram(): Command {
  const program = new Command('fiducial')
    .description('Train, measure and ship facial keypoint detectors.')
    .version(VERSION)
    .showHelpAfterError('Add --help to see what is possible.')
    .exitOverride()
    .addHelpText(
      'after',
      examples(
        'fiducial synth --rows 2000 --out faces.csv.gz',
        'fiducial describe training.zip',
        'fiducial fit net2 --data training.zip',
        'fiducial doctor',
      ),
    );
  for (const addCommand of [
    addStart,
    addDescribe,
    addSynth,
    addFit,
    addEvaluate,
    addPredict,
    addSubmit,
    addScore,
    addReport,
    addCompare,
    addPlot,
    addBench,
    addDoctor,
  ])
    addCommand(program);
  return program;
}
