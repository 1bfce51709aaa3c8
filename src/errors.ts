/**
 * A mistake in what a person gave us: a file, a table, an option.
 *
 * The message says what was given, where, what was expected and what to do next; the command line
 * prints it without a stack trace and exits with 1. Anything else that is thrown is a bug of ours.
 *
 * @example
 * throw new InputError('training.csv, row 12, column Image: 9215 pixels, expected 9216 (96 x 96)',
 *   'Remove the row or export the table again.');
 */
export class InputError extends Error {
  /** What to do next, as one sentence; printed on a line of its own. */
  readonly advice: string | undefined;

  constructor(message: string, advice?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InputError';
    this.advice = advice;
  }
}

/**
 * Does some work on a file's content; a mistake that is found there is reported with the file's name.
 *
 * @example
 * const data = inFile('training.zip', () => trainingData(recipe, dataset));
 */
export function inFile<T>(fileName: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${fileName}: ${error.message}`, error.advice, { cause: error });
  }
}
