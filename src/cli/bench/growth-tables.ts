import type { GrowthLine, GrowthResult } from '../../../bench/growth.ts';
import { type FigureTable, megabytes, milliseconds, percent } from './tables.ts';

/** What a line through the points is called, what it goes up by, and the unit of that. */
const LINES: readonly {
  readonly line: GrowthLine;
  readonly name: string;
  readonly unit: string;
  readonly factor: number;
}[] = [
  { line: 'readMs', name: 'reading', unit: 'µs a row', factor: 1000 },
  { line: 'epochMs', name: 'an epoch of net1', unit: 'µs a row', factor: 1000 },
  { line: 'engineBytes', name: "the engine's memory", unit: 'bytes a row', factor: 1 },
  { line: 'peakBytes', name: 'the most memory of the process', unit: 'bytes a row', factor: 1 },
  { line: 'stepMs', name: 'a training step of net2', unit: 'ms a row of the batch', factor: 1 },
  { line: 'batchBytes', name: 'its memory', unit: 'bytes a row of the batch', factor: 1 },
];

/** How cost grows: the points, and the lines through them. */
export function growthTables({
  rows,
  batches,
  leftOut,
  lines,
  limit,
}: GrowthResult): FigureTable[] {
  const seconds = (value: number): string => (value / 1000).toFixed(2);
  const gibibytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  return [
    {
      title: 'Growth with rows (96 x 96, 15 keypoints; net1)',
      columns: ['rows', 'reading, s', 'epoch, s', 'engine, MB', 'most memory, MB'],
      rows: rows.map((point) => [
        String(point.rows),
        seconds(point.readMs),
        seconds(point.epochMs),
        megabytes(point.engineBytes),
        megabytes(point.peakBytes),
      ]),
      notes:
        leftOut.length > 0
          ? [
              `Left out, as this machine's free memory would not hold them: ${leftOut.join(', ')} rows.`,
            ]
          : [],
    },
    {
      title: 'Growth with the batch (net2)',
      columns: ['batch', 'step, ms', 'network and buffers, MB'],
      rows: batches.map(({ batch, stepMs, engineBytes }) => [
        String(batch),
        milliseconds(stepMs),
        megabytes(engineBytes),
      ]),
      notes: [],
    },
    {
      title: 'Straight lines through these points',
      columns: ['what', 'grows by', 'misses a point by at most'],
      rows: LINES.flatMap(({ line, name, unit, factor }) => {
        const found = lines[line];
        if (!found) return [];
        const slope = found.slope * factor;
        return [[name, `${slope.toFixed(slope < 100 ? 2 : 0)} ${unit}`, percent(found.residual)]];
      }),
      notes: [
        `A row's picture and labels take ${limit.bytesARow} bytes. The engine can have ${gibibytes(limit.engineBytes)} GiB, so ${limit.rows} such rows fit beside net2 with batches of 128.`,
      ],
    },
  ];
}
