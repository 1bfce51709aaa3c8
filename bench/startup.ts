import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../src/data/synthetic/synthesize.ts';
import { writeTable } from '../src/node/write-table.ts';
import { ownModule } from './own-process.ts';
import { type Timed, takeTurns } from './turns.ts';

/** How long it takes until something happens, from the command on. */
export interface StartupResult {
  readonly part: 'startup';
  /** Node, our help and, where one can be started, a run. */
  readonly sides: readonly Timed[];
  /** Our help over Node doing nothing. */
  readonly helpRatio: number;
}

export interface StartupOptions {
  readonly turns: number;
  /** Whether a run can be started here. */
  readonly training: boolean;
}

const ROWS = 200;
const FIRST_STEP = `fiducial fit net1 with ${ROWS} rows, to its first step`;

/**
 * Times Node on its own, our help, and a run until its first training step, in processes of their own, in
 * turn.
 */
export async function benchStartup({ turns, training }: StartupOptions): Promise<StartupResult> {
  const folder = await mkdtemp(join(tmpdir(), 'fiducial-bench-'));
  try {
    const table = join(folder, 'faces.csv.gz');
    await writeTable(table, synthesize({ rows: ROWS, seed: 42 }));
    const fit = ['fit', 'net1', '--data', table, '--out', join(folder, 'run'), '--force', '--json'];
    const contestants = [
      { name: 'node -e 0', run: () => untilEnd(node('-e', '0')) },
      { name: 'fiducial --help', run: () => untilEnd(fiducial('--help')) },
      // A run says that it starts just before its first step.
      { name: FIRST_STEP, run: () => untilSaid(fiducial(...fit), '"event":"start"') },
    ];
    const sides = (await takeTurns(training ? contestants : contestants.slice(0, 2), {
      warmUp: 1,
      turns,
    })) as Timed[];
    const [alone, help] = sides.map(({ timing }) => timing.median) as [number, number];
    return { part: 'startup', sides, helpRatio: help / alone };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const node = (...args: readonly string[]): ChildProcess =>
  spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });

const fiducial = (...args: readonly string[]): ChildProcess =>
  node(...process.execArgv, ownModule('../src/cli/main'), ...args);

/** Milliseconds until a process has ended. */
function untilEnd(child: ChildProcess): Promise<number> {
  const start = performance.now();
  child.stdout!.resume();
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(performance.now() - start);
      else reject(new Error(`${child.spawnargs.join(' ')} ended with exit code ${code}`));
    });
  });
}

/** Milliseconds until a process says something, after which it is ended. */
function untilSaid(child: ChildProcess, text: string): Promise<number> {
  const start = performance.now();
  let said = '';
  let milliseconds: number | undefined;
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
    if (milliseconds !== undefined || !said.includes(text)) return;
    milliseconds = performance.now() - start;
    child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (milliseconds !== undefined) resolve(milliseconds);
      else reject(new Error(`${child.spawnargs.join(' ')} ended with exit code ${code}: ${said}`));
    });
  });
}
