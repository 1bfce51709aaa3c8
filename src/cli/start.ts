import type { Command } from 'commander';
import type { Dataset } from '../data/dataset.ts';
import { addEngineOptions, type EngineFlags, engineOptions } from './engine-options.ts';
import { examples } from './options.ts';

const TRAINING_FACES = { rows: 3000, seed: 42 };
/** Other faces than those of training, with every label. */
const NEW_FACES = { rows: 400, seed: 43, missing: false };
const FACES_ON_SHEET = 16;

/** `fiducial start`: the whole way once, on drawn faces. */
export function setUp(command: Command): void {
  command.option('--out <folder>', 'where the run goes', 'runs/start');
  addEngineOptions(command)
    .addHelpText('after', examples('fiducial start'))
    .action(async (flags: EngineFlags & { readonly out: string }) => {
      const [
        { recipes },
        { Engine },
        { synthesize },
        { runTraining },
        { readModel },
        { predictKeypoints },
      ] = await Promise.all([
        import('../../recipes/index.ts'),
        import('../engine/engine.ts'),
        import('../data/synthetic/synthesize.ts'),
        import('./run-training.ts'),
        import('../node/run-folder.ts'),
        import('../predict/predict.ts'),
      ]);
      const write = (text: string): void => void process.stdout.write(text);
      write(
        `Drawing ${TRAINING_FACES.rows} faces, most of them with a few labels only, as in Kaggle's table …\n\n`,
      );
      const faces = synthesize(TRAINING_FACES);
      const best = await runTraining(recipes.start, faces, {
        out: flags.out,
        force: true,
        dataName: `synthesize(${JSON.stringify(TRAINING_FACES)})`,
        engine: await Engine.start(engineOptions(flags)),
        show: 'text',
      });
      if (!best || process.exitCode) return;
      const model = await readModel(flags.out);
      const unseen = synthesize(NEW_FACES);
      const predicted = await predictKeypoints(model, unseen.images, engineOptions(flags));
      write(await comparison(faces, unseen, predicted));
      const sheet = await drawSheet(flags.out, unseen, predicted);
      write(`The first ${FACES_ON_SHEET} of them, with what was found: ${sheet}\n${WHAT_NEXT}`);
    });
}

const WHAT_NEXT = `
What next:
  npx fiducial synth --rows 2000 --out faces.csv.gz                        draw a table of faces
  npx fiducial describe faces.csv.gz                                       what is in a table
  npx fiducial fit start --data faces.csv.gz --epochs 5 --out runs/faces   train on a table
  npx fiducial --help                                                      everything else
`;

async function comparison(
  seen: Dataset,
  unseen: Dataset,
  predicted: Float32Array,
): Promise<string> {
  const [{ keypointErrors, meanFace }, { allRows }] = await Promise.all([
    import('../predict/errors.ts'),
    import('../data/select.ts'),
  ]);
  const guess = meanFace(seen, allRows(seen), unseen.rows);
  const [found, guessed] = [predicted, guess].map((points) =>
    keypointErrors(unseen, points, allRows(unseen)).rmse.toFixed(2),
  );
  return (
    `\nOn ${unseen.rows} faces it has never seen: ${found} pixels RMSE ` +
    `(always guessing the mean face: ${guessed}).\n`
  );
}

/** As PNG where that can be made, else as SVG. */
async function drawSheet(folder: string, faces: Dataset, predicted: Float32Array): Promise<string> {
  const [
    { join },
    { faceSheet, sheetFaces },
    { renderPng },
    { writeFileAtomically },
    { InputError },
  ] = await Promise.all([
    import('node:path'),
    import('../plot/face-sheet.ts'),
    import('../node/render-png.ts'),
    import('../node/write-file.ts'),
    import('../errors.ts'),
  ]);
  const svg = faceSheet(sheetFaces(faces, FACES_ON_SHEET, predicted), { columns: 4 });
  let path = join(folder, 'faces.png');
  let picture: string | Uint8Array;
  try {
    picture = await renderPng(svg);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    path = join(folder, 'faces.svg');
    picture = svg;
  }
  await writeFileAtomically(path, picture);
  return path;
}
