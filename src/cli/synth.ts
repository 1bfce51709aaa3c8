import type { Command } from 'commander';
import type { Dataset } from '../data/dataset.ts';
import type { Channels } from '../data/image-format.ts';
import {
  channelsOption,
  examples,
  fileName,
  forceOption,
  seedOption,
  wholeNumber,
} from './options.ts';
import { refuseToReplace } from './output.ts';
import { pictureBytes } from './plot/figure.ts';

const FACES_ON_SHEET = 24;
const SHEET_COLUMNS = 6;

interface SynthOptions {
  readonly rows: number;
  readonly seed: number;
  readonly channels: Channels;
  readonly conventions: 1 | 2;
  readonly out: string;
  readonly lookup?: string;
  readonly sheet?: string;
  readonly force: boolean;
}

/** `fiducial synth`: faces drawn by code, to try things without Kaggle's files. */
export function setUp(command: Command): void {
  command
    .option('--rows <count>', 'number of faces', wholeNumber(1, 2 ** 24), 2000)
    .addOption(seedOption())
    .addOption(channelsOption('colours of the pictures'))
    .option(
      '--conventions <count>',
      '2: rows with few labels have other places for eye centres, nose tip and bottom lip',
      wholeNumber(1, 2),
      1,
    )
    .requiredOption('--out <file>', 'the table; packed with gzip where the name ends in .gz')
    .option(
      '--lookup <file>',
      "a .csv like Kaggle's lookup table that asks for every label, with the answers",
      fileName('.csv'),
    )
    .option(
      '--sheet <file>',
      `a picture of the first ${FACES_ON_SHEET} faces, .svg or .png`,
      fileName('.svg', '.png'),
    )
    .addOption(forceOption())
    .addHelpText(
      'after',
      examples(
        'fiducial synth --rows 2000 --out faces.csv.gz',
        'fiducial synth --rows 500 --seed 7 --conventions 2 --out test.csv --lookup lookup.csv',
        'fiducial synth --rows 24 --seed 7 --out faces.csv --sheet faces.png',
      ),
    )
    .action(async (options: SynthOptions) => {
      const { rows, out, lookup, sheet, force } = options;
      for (const path of [out, lookup, sheet]) if (path) await refuseToReplace(path, force);
      const [
        { synthesize },
        { imageText },
        { lookupTable },
        { writeTable },
        { writeFileAtomically },
      ] = await Promise.all([
        import('../data/synthetic/synthesize.ts'),
        import('../data/image-format.ts'),
        import('../kaggle/lookup.ts'),
        import('../node/write-table.ts'),
        import('../node/write-file.ts'),
      ]);
      const faces = synthesize(options);
      // The picture is made before anything is written: it may fail for want of a package.
      const picture = sheet ? await drawSheet(faces, sheet) : undefined;
      await writeTable(out, faces);
      if (lookup) await writeFileAtomically(lookup, lookupTable(faces));
      if (sheet && picture) await writeFileAtomically(sheet, picture);
      process.stdout.write(
        `${out}: ${rows} faces of ${imageText(faces.schema)} with ${faces.schema.points.length} keypoints\n`,
      );
    });
}

/** The first faces with their keypoints, in the form that the name of the file asks for. */
async function drawSheet(faces: Dataset, path: string): Promise<string | Uint8Array> {
  const { faceSheet, sheetFaces } = await import('../plot/face-sheet.ts');
  const svg = faceSheet(sheetFaces(faces, FACES_ON_SHEET), { columns: SHEET_COLUMNS });
  return pictureBytes(path, svg);
}
