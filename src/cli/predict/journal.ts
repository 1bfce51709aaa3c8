import { createReadStream } from 'node:fs';
import { type FileHandle, open, rm, truncate } from 'node:fs/promises';
import { InputError } from '../../errors.ts';
import { explainSystemError } from '../../node/system-error.ts';

const LINE_END = 0x0a;

/** What a journal is about, by names for messages: work goes on with the same alone. */
export type Subject = Readonly<Record<string, string>>;

/**
 * A file of JSON lines that grows while many things are done, one line for each. Its first line says
 * what it is about. After the death of the process, work goes on behind its last whole line.
 *
 * @example
 * const journal = await Journal.open('points.csv.partial', { model: '5f3e…' }, true);
 * for (const picture of pictures.slice(journal.length)) await journal.append(await work(picture));
 */
export class Journal<T> {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private count: number,
  ) {}

  /**
   * Begins a journal, or opens the one that is there behind its last whole line.
   *
   * @param path its file; the folder must exist
   * @param goOn whether to go on with what is there; otherwise it is replaced
   * @throws InputError where it is about something else, and where the system refuses
   */
  static async open<T>(path: string, subject: Subject, goOn: boolean): Promise<Journal<T>> {
    try {
      const found = goOn ? await wholeLines(path) : undefined;
      if (!found || found.count === 0) {
        const file = await open(path, 'w');
        await file.appendFile(`${JSON.stringify(subject)}\n`);
        return new Journal<T>(path, file, 0);
      }
      requireSame(path, found.first, subject);
      // Half a line, of a process that was killed while it wrote.
      await truncate(path, found.end);
      return new Journal<T>(path, await open(path, 'a'), found.count - 1);
    } catch (error) {
      throw explainSystemError(error, path);
    }
  }

  /** How many things are done. */
  get length(): number {
    return this.count;
  }

  async append(item: T): Promise<void> {
    try {
      await this.file.appendFile(`${JSON.stringify(item)}\n`);
    } catch (error) {
      throw explainSystemError(error, this.path);
    }
    this.count++;
  }

  /**
   * Everything that is in it, from its beginning.
   *
   * @throws InputError where somebody else has changed the file
   */
  async *items(): AsyncGenerator<T> {
    let found = -1; // the first line is no item
    try {
      for await (const line of linesOf(this.path)) if (found++ >= 0) yield JSON.parse(line);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw explainSystemError(error, this.path);
      found = Number.NaN;
    }
    if (found === this.count) return;
    throw new InputError(
      `${this.path}: does not hold what was written; does another command write it too?`,
      'Call one command after the other, and begin again with --force.',
    );
  }

  /** Ends writing; where nothing was done, there is nothing to go on with and no file is left. */
  async close(): Promise<void> {
    await this.file.close();
    if (this.count === 0) await this.remove();
  }

  /** Takes its file away. */
  remove(): Promise<void> {
    return rm(this.path, { force: true });
  }
}

/** Lines as JSON has them; readline would also end one at U+2028, which a picture's name may hold. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** How many whole lines a file has, the first of them, and where the last one ends. */
async function wholeLines(
  path: string,
): Promise<{ count: number; first: string; end: number } | undefined> {
  const chunks = createReadStream(path);
  let count = 0;
  let end = 0;
  let read = 0;
  try {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, at + 1)) {
        count++;
        end = read + at + 1;
      }
      read += chunk.length;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  let first = '';
  for await (const line of linesOf(path)) {
    first = line;
    break;
  }
  return { count, first, end };
}

function requireSame(path: string, line: string, subject: Subject): void {
  let begun: Subject | undefined;
  try {
    begun = JSON.parse(line);
  } catch {
    // Reported below.
  }
  const other = Object.keys(subject).filter((name) => begun?.[name] !== subject[name]);
  if (other.length === 0) return;
  throw new InputError(
    `${path}: was begun with another ${other.join(' and another ')}`,
    'Go on with the same command and --resume, or begin again with --force.',
  );
}
