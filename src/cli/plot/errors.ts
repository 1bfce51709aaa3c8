import { basename } from 'node:path';
import type { Command } from 'commander';
import { addEngineOptions, type EngineFlags, engineOptions } from '../engine-options.ts';
import { evaluatedRows, honestPart, partText } from '../evaluated-rows.ts';
import { correctionsOption, examples } from '../options.ts';
import { refuseToReplace } from '../output.ts';
import { addFigureOptions, type FigureFlags, writeFigure } from './figure.ts';

interface ErrorsFlags extends EngineFlags, FigureFlags {
  readonly data: string;
  readonly groups?: string;
  readonly corrections?: string;
}

/** `fiducial plot errors`: where and how much a model errs. */
export function addErrors(plot: Command): void {
  const command = plot
    .command('errors')
    .description(
      'how a model errs: RMSE of each keypoint, against the distance between the eyes, residuals',
    )
    .argument('<model>', 'the folder of a run, or a model file')
    .requiredOption('--data <table>', 'a .csv, .csv.gz or .zip file with keypoints')
    .option('--groups <table>', 'the groups that the run was split by')
    .addOption(correctionsOption());
  addFigureOptions(addEngineOptions(command))
    .addHelpText(
      'after',
      '\nOn the table that the run was trained on, only its validation rows are looked at.\n' +
        examples(
          'fiducial plot errors runs/net2 --data training.zip --out errors.svg',
          'fiducial plot errors runs/net2 --data other.csv.gz --theme dark --out errors.png',
        ),
    )
    .action(async (path: string, flags: ErrorsFlags) => {
      await refuseToReplace(flags.out, flags.force);
      const [
        { readModel },
        { readCorrectedTable },
        { selectRows },
        { requireFit },
        { predictKeypoints },
        { errorSheet },
      ] = await Promise.all([
        import('../../node/run-folder.ts'),
        import('../../node/read-corrections.ts'),
        import('../../data/select.ts'),
        import('../../predict/fit-check.ts'),
        import('../../predict/predict.ts'),
        import('../../plot/error-sheet.ts'),
      ]);
      const model = await readModel(path);
      const { dataset: table } = await readCorrectedTable(flags.data, flags.corrections);
      requireFit(model, table, flags.data);
      const { dataset, parts } = await evaluatedRows(path, model, table, flags.groups);
      const part = honestPart(parts);
      const faces = selectRows(dataset, part.rows);
      const predicted = await predictKeypoints(model, faces.images, engineOptions(flags));
      const title = `${basename(path)} on ${partText(part)} of ${basename(flags.data)}`;
      await writeFigure(flags, errorSheet(faces, predicted, { title, theme: flags.theme }));
    });
}
