import { Command } from 'commander';
import { VERSION } from '../node/version.ts';
import { addDescribe } from './describe.ts';
import { addDoctor } from './doctor.ts';
import { examples } from './options.ts';
import { addScore } from './score.ts';
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
        'fiducial doctor',
      ),
    );
  for (const addCommand of [addDescribe, addSynth, addScore, addDoctor]) addCommand(program);
  return program;
}
