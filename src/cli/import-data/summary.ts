import { counted } from '../../counted.ts';
import { type Channels, COLOURS } from '../../data/image-format.ts';
import { keypointSchema } from '../../data/schema.ts';

/** What became of annotations; counted while a table is written. */
export interface ImportCounts {
  rows: number;
  /** Labels of the table that are missing. */
  missing: number;
  /** Keypoints that lie beyond the edge of their picture and so are missing. */
  beyondPicture: number;
  /** Keypoints that the crop does not show. */
  outsideCrop: number;
  /** Annotations left out because no keypoint of theirs is there. */
  empty: number;
  /** Why others were left out, a message each. */
  readonly skipped: string[];
}

/** A table that was written, for people. */
export interface ImportSummary extends ImportCounts {
  readonly out: string;
  readonly side: number;
  readonly channels: Channels;
  readonly points: readonly string[];
}

/** A summary as text, with a line end after the last line. */
export function importText(summary: ImportSummary): string {
  const { out, rows, side, channels, points, missing, beyondPicture, outsideCrop } = summary;
  const { mirrorPairs } = keypointSchema(points, side);
  const pairs = mirrorPairs.map(([a, b]) => `${points[a]} and ${points[b]}`);
  const lines = [
    `${out}: ${counted(rows, 'row')} of ${side} x ${side} pixels, ${COLOURS[channels]}, with ${counted(points.length, 'keypoint')}`,
    `  ${counted(missing, 'label')} missing, ${beyondPicture} of them beyond the edge of the picture`,
    outsideCrop > 0 &&
      `  ${counted(outsideCrop, 'label')} outside of what was cut out; a larger --margin shows more`,
    summary.empty > 0 && `  ${counted(summary.empty, 'annotation')} without any keypoint left out`,
    summary.skipped.length > 0 &&
      `  ${counted(summary.skipped.length, 'annotation')} skipped, see above`,
    `  mirror pairs by name: ${pairs.length > 0 ? pairs.join(', ') : 'none; "fit --mirror" takes them from a file'}`,
  ];
  return `${lines.filter((line) => line !== false).join('\n')}\n`;
}
