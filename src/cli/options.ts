import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { Channels } from '../data/image-format.ts';

/** The model of a command that finds keypoints; `shippedModel` where none is named. */
export const modelArgument = (): Argument =>
  new Argument(
    '[model]',
    'a run, a folder of several nets, or a model file (default: the model of faces that comes along)',
  );

/** `--json`, of every command whose result another program may want to read. */
export const jsonOption = (): Option =>
  new Option('--json', 'print JSON, one object a line, instead of text');

/** `--force`, of every command that writes files. */
export const forceOption = (): Option =>
  new Option('--force', 'replace what is there already').default(false, 'refuse');

/** `--seed`, of every command that draws random numbers. */
export const seedOption = (): Option =>
  new Option('--seed <number>', 'where the random numbers start; the same seed, the same bits')
    .argParser(wholeNumber(0, 2 ** 32 - 1))
    .default(42);

/** `--points`, of every command that may look at some keypoints alone. */
export const pointsOption = (description: string): Option =>
  new Option('--points <names>', `keypoints, with commas between: ${description}`);

/** `--channels`, of every command that makes pictures of one kind or the other. */
export const channelsOption = (description: string): Option =>
  new Option('--channels <count>', `${description}: 1 for grey, 3 for red, green and blue`)
    .argParser((text): Channels => {
      const channels = wholeNumber(1, 3)(text);
      if (channels === 1 || channels === 3) return channels;
      throw new InvalidArgumentError('Expected 1 (grey) or 3 (red, green and blue).');
    })
    .default(1);

/** `--mirror`, of every command in which pictures may be mirrored. */
export const mirrorOption = (): Option =>
  new Option(
    '--mirror <table>',
    'Point,Mirror: keypoints that change names in a mirror (default: left and right in names)',
  );

/** `--corrections`, of every command that reads labels. */
export const correctionsOption = (): Option =>
  new Option(
    '--corrections <table>',
    'Row,Point,x,y: labels as they should be, or "missing" (see: fiducial audit)',
  );

/** What is said in the same words of every command that trains one recipe: `RecipeFlags` has most of it. */
export const addRecipeOptions = (command: Command): Command =>
  command
    .option('--batch <rows>', 'rows of a batch', wholeNumber(1, 4096))
    .option('--pretrain <run>', 'begin with the weights of this run or model')
    .option('--freeze <layers>', 'conv1,conv2: never learn; conv3:20: not until epoch 20 is over')
    .addOption(pointsOption('learn these alone, from the rows that have all of them'))
    .addOption(mirrorOption())
    .addOption(correctionsOption())
    .option('--set <key=value>', 'change any value of the recipe; may be repeated', collect, []);

/** What a person may say on a model's card. */
export interface CardFlags {
  readonly licence?: string;
  readonly notes?: string;
}

/** `--licence` and `--notes`, of every command that writes models. */
export const addCardOptions = (command: Command): Command =>
  command
    .option('--licence <text>', 'how others may use the model, for its card')
    .option('--notes <text>', 'anything else for its card');

/**
 * A parser of whole numbers for an option or an argument.
 *
 * @param low smallest number allowed
 * @param high largest number allowed; default: the largest exact one
 * @returns a function that throws InvalidArgumentError, which says what was given and expected
 * @example
 * command.option('--epochs <count>', 'rounds through the data', wholeNumber(1));
 */
export const wholeNumber =
  (low: number, high: number = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text) && value >= low && value <= high) return value;
    const range =
      high === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `from ${low} to ${high}`;
    throw new InvalidArgumentError(`Expected a whole number ${range}.`);
  };

/**
 * A parser of file names that must end in one of several ways.
 *
 * @example
 * command.option('--sheet <file>', 'a picture', fileName('.svg', '.png'));
 */
export const fileName =
  (...endings: readonly string[]) =>
  (text: string): string => {
    if (endings.some((ending) => text.toLowerCase().endsWith(ending))) return text;
    throw new InvalidArgumentError(`Expected a name that ends in ${endings.join(' or ')}.`);
  };

/** Parser of an option that may be repeated: all values in their order. */
export const collect = (value: string, earlier: readonly string[]): string[] => [...earlier, value];

/**
 * The examples at the end of a command's help, for `addHelpText('after', …)`.
 *
 * @example
 * command.addHelpText('after', examples('fiducial describe training.zip'));
 */
export const examples = (...commands: readonly string[]): string =>
  `\nExamples:\n${commands.map((command) => `  ${command}\n`).join('')}`;
