import { Command } from 'commander';
import { VERSION } from '../node/version.ts';
import { examples } from './options.ts';

/** The file of a command: gives it arguments, options, examples and what it does. */
interface CommandFile {
  setUp(command: Command): void;
}

/** Every command, with what it does in a sentence; its file is loaded when it is called. */
const COMMANDS: Readonly<
  Record<string, readonly [about: string, load: () => Promise<CommandFile>]>
> = {
  start: [
    'draw faces, train on them, measure, show: the whole way in a minute or two',
    () => import('./start.ts'),
  ],
  describe: [
    'say what a table of faces holds: counts, ranges, missing labels, equal images',
    () => import('./describe.ts'),
  ],
  synth: [
    'draw faces with their keypoints, in the form of the Kaggle table',
    () => import('./synth.ts'),
  ],
  'import-data': [
    'make a table of pictures with your own points: COCO keypoints, a .csv, .pts files',
    () => import('./import-data.ts'),
  ],
  split: ['divide a table into folds for cross-validation', () => import('./split.ts')],
  fit: ['train a network on a table of faces', () => import('./fit.ts')],
  'cross-validate': [
    'train a recipe once for each fold, and measure it on the rows held out',
    () => import('./cross-validate.ts'),
  ],
  evaluate: [
    'measure a model on labelled faces: RMSE in pixels, also for every keypoint',
    () => import('./evaluate.ts'),
  ],
  audit: [
    'find labels that are likely to be wrong, and propose corrections',
    () => import('./audit.ts'),
  ],
  inspect: [
    'say what a model file holds: its card, layers, keypoints, checksum',
    () => import('./inspect.ts'),
  ],
  predict: [
    'find the keypoints in photographs, or of every face of a table',
    () => import('./predict.ts'),
  ],
  submit: ["answer every row of Kaggle's lookup table", () => import('./submit.ts')],
  score: ['compare a submission with the answers, as Kaggle does', () => import('./score.ts')],
  blend: ['average submissions, or tables of predictions', () => import('./blend.ts')],
  export: [
    'write a model as a file for other programs: ONNX, safetensors',
    () => import('./export.ts'),
  ],
  import: [
    'make a model of weights that PyTorch, Keras or another framework trained',
    () => import('./import.ts'),
  ],
  report: ["write a run's report.html again", () => import('./report.ts')],
  compare: [
    'runs beside each other or the published curves; or variants of one recipe',
    () => import('./compare.ts'),
  ],
  plot: ['draw a figure as SVG or PNG', () => import('./plot.ts')],
  bench: [
    'time training, prediction, reading and start-up, in turn with others',
    () => import('./bench.ts'),
  ],
  doctor: [
    'say what this machine offers for training, and what of it is used',
    () => import('./doctor.ts'),
  ],
};

/**
 * The command line. It knows the commands by name and sentence alone: the file of a command, and in
 * turn what that needs, is imported when it is called, so that `--help` stays quick.
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
  for (const [name, [about]] of Object.entries(COMMANDS)) program.command(name).description(about);
  program.hook('preSubcommand', async (_, command) => {
    const file = await COMMANDS[command.name()]?.[1]();
    file?.setUp(command);
  });
  // Commander's own would show a command whose file is not loaded yet.
  program
    .helpCommand(false)
    .command('help')
    .description('what a command does and takes')
    .argument('[command...]')
    .action(async (words: readonly string[]) => {
      await program.parseAsync([...words, '--help'], { from: 'user' });
    });
  return program;
}
