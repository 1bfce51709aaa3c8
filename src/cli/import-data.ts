import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CropBy } from '../annotations/cropped.ts';
import type { Channels } from '../data/image-format.ts';
import { channelsOption, examples, forceOption, jsonOption, wholeNumber } from './options.ts';

export interface ImportFlags {
  readonly pictures?: string;
  readonly out: string;
  readonly side: number;
  readonly channels: Channels;
  readonly crop: CropBy;
  readonly margin?: number;
  readonly category?: string;
  readonly visibleOnly?: true;
  readonly firstPixel?: number;
  readonly names?: string;
  readonly force: boolean;
  readonly json?: true;
}

/** `fiducial import-data`: pictures with points that somebody marked become a table. */
export function setUp(command: Command): void {
  command
    .argument(
      '<annotations>',
      'a COCO keypoints .json, a .csv with picture, <name>_x, <name>_y, or a folder with .pts files',
    )
    .option('--pictures <folder>', 'where the pictures are (default: beside the annotations)')
    .requiredOption('--out <file>', 'the table; packed with gzip where the name ends in .gz')
    .option('--side <pixels>', 'width and height of what is cut out', wholeNumber(1, 1024), 96)
    .addOption(channelsOption('colours of the pictures'))
    .addOption(
      new Option('--crop <by>', 'cut out by the box, or by the points that are marked')
        .choices(['box', 'points'])
        .default('either', 'the box where there is one'),
    )
    .option(
      '--margin <share>',
      'added on every side, as a share of the longer side (default: 0 for a box, 0.2 for points)',
      share,
    )
    .option('--category <name>', 'COCO: whose keypoints, where several categories have some')
    .option('--visible-only', 'COCO: points that are marked but hidden (v = 1) count as missing')
    .option(
      '--first-pixel <coordinate>',
      "what the points' coordinates say for the centre of the first pixel (default: 0 in COCO, 1 in .pts, 0.5 in .csv)",
      coordinate,
    )
    .option('--names <file>', '.pts: names of the points, one a line (default: point_1, …)')
    .addOption(forceOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'fiducial import-data points.csv --pictures photos --out table.csv.gz',
        'fiducial import-data person_keypoints.json --pictures train2017 --category person --side 64 --channels 3 --out people.csv.gz',
        'fiducial import-data 300W --names names.txt --margin 0.3 --out faces.csv.gz',
      ),
    )
    .action(async (path: string, flags: ImportFlags) => {
      const { importData } = await import('./import-data/run.ts');
      await importData(path, flags);
    });
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 4) return value;
  throw new InvalidArgumentError('Expected a number from 0 to 4.');
}

function coordinate(text: string): number {
  const value = Number(text);
  if (['0', '0.5', '1'].includes(text)) return value;
  throw new InvalidArgumentError('Expected 0, 0.5 or 1.');
}
