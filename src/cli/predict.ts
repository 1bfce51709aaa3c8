import { type Command, Option } from 'commander';
import type { Convention } from '../data/conventions.ts';
import { InputError } from '../errors.ts';
import { addEnsembleOptions, type EnsembleFlags } from './ensemble-options.ts';
import { examples, fileName, forceOption, modelArgument, wholeNumber } from './options.ts';
import { refuseToReplace } from './output.ts';
import type { BoxFlags } from './predict/boxes.ts';
import type { OutputFlags } from './predict/outputs.ts';

/** Options of `predict` for photographs. */
export interface PhotographFlags extends EnsembleFlags, BoxFlags, OutputFlags {
  readonly refine?: number;
  readonly convention: Convention;
}

interface PredictFlags extends PhotographFlags {
  readonly data?: string;
}

/** What tables of faces have no use for, by the name of the flag. */
const FOR_PHOTOGRAPHS = {
  draw: '--draw',
  box: '--box',
  boxes: '--boxes',
  findFaces: '--find-faces',
  refine: '--refine',
  resume: '--resume',
} as const;

const NOTES = `
Photographs: a box is looked at as the square around it. --boxes names pictures as they stand in the
folder that is given; those that it does not name have no face. --find-faces sees faces from about a
ninth of the picture's longer side, and boxes them as tightly as Kaggle's pictures are. Answers are in
pixels of the photograph as it is displayed, from its upper left corner:
  .json, .jsonl  {"picture", "face", "box": {"x", "y", "width", "height"}, "points": {"<name>": {"x", "y"}}}
  .csv           picture,face,box_x,box_y,box_width,box_height,<name>_x,<name>_y…
Pictures that cannot be used are reported and passed over; then the exit code is 1.
`;

/** `fiducial predict`: keypoints of photographs, or of every picture of a table. */
export function setUp(command: Command): void {
  command
    .addArgument(modelArgument())
    .argument('[pictures...]', 'JPEG, PNG, WebP, AVIF, GIF, TIFF, and folders of them')
    .option('--data <table>', 'instead of pictures: a .csv, .csv.gz or .zip file with images')
    .option(
      '--out <file>',
      'a .json, .jsonl or .csv file; for a table a .csv (default: JSON lines to the standard output)',
      fileName('.json', '.jsonl', '.csv'),
    )
    .addOption(forceOption())
    .optionsGroup('Photographs:')
    .option(
      '--box <x,y,w,h>',
      'where the face is, in pixels (default: the whole picture is the face)',
    )
    .option('--boxes <file>', 'a .csv with picture,x,y,width,height: the faces of each picture')
    .option('--find-faces', 'look for faces (npm install @vladmandic/face-api), the largest first')
    .option('--refine <times>', 'cut the face out again around what was found', wholeNumber(0, 100))
    .option('--draw <folder>', 'draw what was found on each picture, as JPEG or PNG')
    .option('--resume', 'go on with an --out that was ended before its last picture')
    .optionsGroup('Models and engine:')
    .addOption(
      new Option(
        '--convention <name>',
        'of a model that has learnt two: as rows with many labels are marked, or with few',
      )
        .choices(['many', 'few'])
        .default('many'),
    );
  addEnsembleOptions(command)
    .addHelpText('after', NOTES)
    .addHelpText(
      'after',
      examples(
        'fiducial predict me.jpg',
        'fiducial predict runs/net2 me.jpg --box 120,80,200,220 --refine 1 --draw drawn',
        'fiducial predict runs/net2 photos --boxes boxes.csv --out points.json',
        'fiducial predict runs/net2 photos --find-faces --out points.jsonl --draw drawn',
        'fiducial predict runs/net2 --with runs/net3 --flip photos --out points.csv --resume',
        'fiducial predict runs/net2 --data test.zip --out points.csv',
      ),
    )
    .action(async (first: string | undefined, others: readonly string[], flags: PredictFlags) => {
      const { named, pictures } = await modelAndPictures(first, others);
      requireOneSource(pictures, flags);
      const { shippedModel } = await import('../node/shipped-model.ts');
      const model = named ?? shippedModel();
      if (flags.data !== undefined) {
        await predictToTable(model, flags.data, flags);
        return;
      }
      const { predictPhotographs } = await import('./predict/photographs.ts');
      await predictPhotographs(model, pictures, flags);
    });
}

/** Where no model is named, the first name is that of a picture. */
async function modelAndPictures(
  first: string | undefined,
  others: readonly string[],
): Promise<{ named: string | undefined; pictures: readonly string[] }> {
  if (first === undefined) return { named: undefined, pictures: others };
  const { isModelPath } = await import('../node/model-path.ts');
  return (await isModelPath(first))
    ? { named: first, pictures: others }
    : { named: undefined, pictures: [first, ...others] };
}

function requireOneSource(pictures: readonly string[], flags: PredictFlags): void {
  if (pictures.length === 0 && flags.data === undefined) {
    throw new InputError(
      'there is nothing to look at',
      'Name pictures or folders of them, or a table of faces with --data.',
    );
  }
  const boxes = (['box', 'boxes', 'findFaces'] as const).filter(
    (name) => flags[name] !== undefined,
  );
  if (boxes.length > 1) {
    throw new InputError(
      `${boxes.map((name) => FOR_PHOTOGRAPHS[name]).join(' and ')} say differently where faces are`,
      'Give one of them.',
    );
  }
  if (flags.data === undefined) return;
  if (pictures.length > 0) {
    throw new InputError(
      `both pictures (${pictures[0]}) and a table (--data ${flags.data}) are given`,
      'Call the command once for each.',
    );
  }
  for (const [name, flag] of Object.entries(FOR_PHOTOGRAPHS)) {
    if (flags[name as keyof typeof FOR_PHOTOGRAPHS] === undefined) continue;
    throw new InputError(
      `${flag} is for photographs, and --data is a table of faces`,
      'Leave it out, or name pictures instead of the table.',
    );
  }
}

async function predictToTable(model: string, data: string, flags: PredictFlags): Promise<void> {
  const { out, force } = flags;
  if (!out?.toLowerCase().endsWith('.csv')) {
    throw new InputError(
      out === undefined ? '--out is missing' : `${out}: what is found in a table is a table too`,
      'Give --out with a name that ends in .csv.',
    );
  }
  await refuseToReplace(out, force);
  const [
    { predictTable, readModelsWithTable },
    { predictionTable },
    { rowsOf },
    { writeFileAtomically },
  ] = await Promise.all([
    import('./predict/table.ts'),
    import('../predict/prediction-table.ts'),
    import('../predict/predictions.ts'),
    import('../node/write-file.ts'),
  ]);
  const found = await readModelsWithTable(model, data, flags);
  const predictions = await predictTable(found, flags, flags.convention);
  await writeFileAtomically(out, predictionTable(predictions));
  const { points } = predictions.schema;
  process.stdout.write(`${out}: ${points.length} keypoints in ${rowsOf(predictions)} faces\n`);
}
