import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PeerOptions, ratioToFastest } from './comparison.ts';
import { KAGGLE_ROWS, writeKaggleZip } from './kaggle-table.ts';
import { startOwn } from './own-process.ts';
import { PeerError, PeerProcess } from './peer-process.ts';
import { findPython } from './python.ts';
import { type Contestant, type Missing, missing, type Outcome, takeTurns } from './turns.ts';

/** What a process says that read a table. */
export interface Reading {
  /** From opening the file to the last picture, without what loading the program takes. */
  readonly milliseconds: number;
  /** The most memory that the process had at any time. */
  readonly peakBytes: number;
  readonly rows: number;
  /** Sum of all grey values, and number of labels: who reads the same finds the same. */
  readonly pixelSum: number;
  readonly labels: number;
}

export interface ReadingResult {
  readonly part: 'reading';
  readonly rows: number;
  /** Of the archive, and of the text in it. */
  readonly zipBytes: number;
  readonly textBytes: number;
  /** We come first. */
  readonly sides: readonly (Outcome & { readonly peakBytes?: number })[];
  /** Our median over that of pandas; null where it is missing. */
  readonly ratio: number | null;
}

export interface ReadingOptions extends PeerOptions {
  /** Rows of the table; default: as many as Kaggle's. */
  readonly rows?: number | undefined;
}

const PANDAS = `
import json, resource, sys, time, warnings
import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
start = time.perf_counter()
table = pd.read_csv(sys.argv[1])
images = table["Image"].apply(lambda text: np.fromstring(text, sep=" "))
milliseconds = (time.perf_counter() - start) * 1000
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps({
    "milliseconds": milliseconds,
    "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
    "rows": len(images),
    "pixelSum": int(sum(image.sum() for image in images)),
    "labels": int(table.drop(columns="Image").count().sum()),
}))
`;

/**
 * Times how a table of Kaggle's size becomes pictures and labels in memory, in a fresh process each time,
 * in turn with pandas doing what the tutorial does: `read_csv`, then `fromstring` on every row.
 */
export async function benchReading(options: ReadingOptions): Promise<ReadingResult> {
  const { rows = KAGGLE_ROWS, patience, turns } = options;
  const folder = await mkdtemp(join(tmpdir(), 'fiducial-bench-'));
  try {
    const path = join(folder, 'training.zip');
    const textBytes = await writeKaggleZip(path, rows);
    const peaks = new Map<string, number>();
    let expected: Reading | undefined;
    const reader = (name: string, start: () => PeerProcess): Contestant => ({
      name,
      run: async () => {
        const peer = start();
        const reading = (await peer.askJson()) as Reading;
        await peer.close();
        expected ??= reading;
        requireSame(reading, expected);
        peaks.set(name, Math.max(peaks.get(name) ?? 0, reading.peakBytes));
        return reading.milliseconds;
      },
    });
    const fiducial = reader('fiducial', () => startOwn('reading-process', [path], { patience }));
    const contestants: (Contestant | Missing)[] = [fiducial];
    if (options.peers) {
      try {
        const python = await findPython(['pandas', 'numpy'], 'python3-pandas', patience);
        const name = `pandas ${python.modules.pandas}`;
        const { command } = python;
        contestants.push(
          reader(name, () => new PeerProcess(command, ['-c', PANDAS, path], { patience })),
        );
      } catch (error) {
        contestants.push(missing('pandas', error));
      }
    }
    // The first turn puts the file into the system's cache.
    const outcomes = await takeTurns(contestants, { warmUp: 1, turns });
    const [own, ...peers] = outcomes;
    if (!own || 'missing' in own) throw new Error(`reading failed: ${own?.reason}`);
    return {
      part: 'reading',
      ...{ rows, zipBytes: (await stat(path)).size, textBytes },
      sides: outcomes.map((outcome) => ({ ...outcome, peakBytes: peaks.get(outcome.name)! })),
      ratio: ratioToFastest(own.timing, peers),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Who finds something else has read something else, and its time says nothing. */
function requireSame(found: Reading, expected: Reading): void {
  for (const key of ['rows', 'pixelSum', 'labels'] as const) {
    if (found[key] === expected[key]) continue;
    throw new PeerError('failed', `it found ${key} ${found[key]}, we ${expected[key]}`);
  }
}
