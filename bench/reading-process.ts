/** Reads the table that it is given, in a process of its own, and says how long it took and what it found. */
import { readTable } from '../src/node/read-table.ts';
import type { Reading } from './reading.ts';

const start = performance.now();
const { rows, images, labels } = await readTable(process.argv[2]!);
const milliseconds = performance.now() - start;
// In kilobytes on every system.
const peakBytes = process.resourceUsage().maxRSS * 1024;
const reading: Reading = {
  milliseconds,
  peakBytes,
  rows,
  pixelSum: images.reduce((sum, value) => sum + value, 0),
  labels: labels.reduce((count, value) => count + Number(!Number.isNaN(value)), 0),
};
console.log(JSON.stringify(reading));
