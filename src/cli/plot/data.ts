import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import type { DataFigure } from '../../plot/data-sheet.ts';
import { correctionsOption, examples } from '../options.ts';
import { refuseToReplace } from '../output.ts';
import { addFigureOptions, type FigureFlags, writeFigure } from './figure.ts';

interface DataFlags extends FigureFlags {
  readonly corrections?: string;
  readonly figure?: DataFigure;
}

const FIGURES: readonly DataFigure[] = ['counts', 'patterns', 'points', 'duplicates'];

/** `fiducial plot data`: what a table holds. */
export function addData(plot: Command): void {
  const command = plot
    .command('data')
    .description(
      'what a table holds: labels, patterns of missing ones, where points lie, duplicates',
    )
    .argument('<table>', 'a .csv, .csv.gz or .zip file with keypoints')
    .addOption(
      new Option('--figure <name>', 'one figure alone (default: all on one sheet)').choices(
        FIGURES,
      ),
    );
  addFigureOptions(command.addOption(correctionsOption()))
    .addHelpText(
      'after',
      examples(
        'fiducial plot data training.zip --out data.svg',
        'fiducial plot data training.zip --figure points --out points.png',
      ),
    )
    .action(async (path: string, flags: DataFlags) => {
      await refuseToReplace(flags.out, flags.force);
      const [{ readCorrectedTable }, { dataSheet }] = await Promise.all([
        import('../../node/read-corrections.ts'),
        import('../../plot/data-sheet.ts'),
      ]);
      const { figure, theme } = flags;
      const { dataset: table } = await readCorrectedTable(path, flags.corrections);
      await writeFigure(flags, dataSheet(table, { title: basename(path), figure, theme }));
    });
}
