import { freemem } from 'node:os';
import { net2 } from '../recipes/net2.ts';
import { Engine, type EngineOptions, MEMORY_LIMIT } from '../src/engine/engine.ts';
import { startOwn } from './own-process.ts';
import { fitLine, type Line } from './statistics.ts';
import { BYTES_A_ROW, Subject } from './subject.ts';
import { type Timed, takeTurns } from './turns.ts';

export interface GrowthOptions {
  /** Numbers of rows, from the smallest. */
  readonly rows: readonly number[];
  readonly batches: readonly number[];
  readonly turns: number;
  readonly engine: EngineOptions;
  /** Seconds that the largest number of rows may take. */
  readonly patience: number;
}

/** What rows cost: net1 on faces of Kaggle's size. */
export interface RowsPoint {
  readonly rows: number;
  /** From the text of a table in memory to pictures and labels. */
  readonly readMs: number;
  /** One epoch with its validation. */
  readonly epochMs: number;
  /** What the engine holds of the memory that it can have. */
  readonly engineBytes: number;
  /** The most memory that the process had at any time. */
  readonly peakBytes: number;
}

/** What a batch of net2 costs. */
export interface BatchPoint {
  readonly batch: number;
  readonly stepMs: number;
  /** Network and buffers, without the rows that are loaded. */
  readonly engineBytes: number;
}

export interface GrowthResult {
  readonly part: 'growth';
  readonly rows: readonly RowsPoint[];
  readonly batches: readonly BatchPoint[];
  /** Numbers of rows that this machine's memory would not hold. */
  readonly leftOut: readonly number[];
  /** Lines through the points, null where there are fewer than two. */
  readonly lines: Readonly<Record<GrowthLine, Line | null>>;
  readonly limit: RowsLimit;
}

/** What grows with what. */
export type GrowthLine =
  | 'readMs'
  | 'epochMs'
  | 'engineBytes'
  | 'peakBytes'
  | 'stepMs'
  | 'batchBytes';

/** The largest data set. */
export interface RowsLimit {
  /** What WebAssembly can address. */
  readonly engineBytes: number;
  /** Bytes of a row's picture and labels. */
  readonly bytesARow: number;
  /** Rows that fit beside net2 with batches of 128. */
  readonly rows: number;
}

/** Memory that a row takes at its peak, over what it takes in the engine; measured: 2.2 to 2.5. */
const PEAK_FACTOR = 3;
const LARGEST_BATCH = 128;

/** Shows how time and memory grow with rows and with the batch, in processes of their own. */
export async function benchGrowth(options: GrowthOptions): Promise<GrowthResult> {
  const { turns, patience } = options;
  const batches: BatchPoint[] = [];
  let largest = 0;
  for (const batch of options.batches)
    batches.push(await measureBatch(batch, turns, options.engine));
  const engine = await Engine.start(options.engine);
  const { threads } = engine;
  try {
    await Subject.create(engine, net2, LARGEST_BATCH);
    largest = MEMORY_LIMIT - (engine.nextAddress - LARGEST_BATCH * BYTES_A_ROW);
  } finally {
    await engine.close();
  }
  const fits = (rows: number): boolean => rows * BYTES_A_ROW * PEAK_FACTOR < freemem();
  const rows: RowsPoint[] = [];
  for (const count of options.rows.filter(fits)) {
    const peer = startOwn('growth-process', [count, threads].map(String), { patience });
    rows.push((await peer.askJson()) as RowsPoint);
    await peer.close();
  }
  const ofRows = (value: 'readMs' | 'epochMs' | 'engineBytes' | 'peakBytes'): Line | null =>
    lineThrough(rows.map((point) => [point.rows, point[value]]));
  return {
    part: 'growth',
    rows,
    batches,
    leftOut: options.rows.filter((count) => !fits(count)),
    lines: {
      readMs: ofRows('readMs'),
      epochMs: ofRows('epochMs'),
      engineBytes: ofRows('engineBytes'),
      peakBytes: ofRows('peakBytes'),
      stepMs: lineThrough(batches.map(({ batch, stepMs }) => [batch, stepMs])),
      batchBytes: lineThrough(batches.map(({ batch, engineBytes }) => [batch, engineBytes])),
    },
    limit: {
      engineBytes: MEMORY_LIMIT,
      bytesARow: BYTES_A_ROW,
      rows: Math.floor(largest / BYTES_A_ROW),
    },
  };
}

async function measureBatch(
  batch: number,
  turns: number,
  options: EngineOptions,
): Promise<BatchPoint> {
  const engine = await Engine.start(options);
  try {
    const subject = await Subject.create(engine, net2, batch);
    const [step] = await takeTurns([{ name: net2.name, run: () => subject.step() }], {
      warmUp: 1,
      turns,
    });
    return {
      batch,
      stepMs: (step as Timed).timing.median,
      engineBytes: engine.nextAddress - batch * BYTES_A_ROW,
    };
  } finally {
    await engine.close();
  }
}

const lineThrough = (points: readonly (readonly [number, number])[]): Line | null =>
  points.length > 1 ? fitLine(points) : null;
