/** Reads so many rows and trains net1 on them, in a process of its own, and says what both took. */
import { net1 } from '../recipes/net1.ts';
import { TableParser } from '../src/data/table-parser.ts';
import { Engine } from '../src/engine/engine.ts';
import { train } from '../src/train/train.ts';
import type { RowsPoint } from './growth.ts';
import { kaggleLines } from './kaggle-table.ts';
import { stopwatch, timing } from './statistics.ts';

/** Rows that are seen in all epochs together, so that few rows are not measured in a moment. */
const VISITS = 20_000;

const [rows, threads] = process.argv.slice(2).map(Number) as [number, number];
const { header, blocks } = kaggleLines(rows, { missing: false });
const parser = new TableParser('table');
const readMs = await stopwatch(async () => {
  for (const chunk of [header, ...blocks]) parser.push(chunk);
});
const dataset = parser.finish();
const engine = await Engine.start({ threads });
const seconds: number[] = [];
const epochs = 1 + Math.max(1, Math.round(VISITS / rows));
for await (const epoch of train({ ...net1, epochs }, dataset, { engine }))
  seconds.push(epoch.seconds);
await engine.close();
const point: RowsPoint = {
  rows,
  readMs,
  // The first one warms up.
  epochMs: 1000 * timing(seconds.slice(1)).median,
  engineBytes: engine.nextAddress,
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
console.log(JSON.stringify(point));
