import type { Command } from 'commander';
import type { AuditFlags } from './audit/run-audit.ts';
import { addEngineOptions } from './engine-options.ts';
import { addViewOptions } from './ensemble-options.ts';
import { correctionsOption, examples, forceOption, jsonOption, mirrorOption } from './options.ts';

/** `fiducial audit`: which labels of a table are likely to be wrong. */
export function setUp(command: Command): void {
  command
    .requiredOption('--data <table>', 'a .csv, .csv.gz or .zip file with keypoints')
    .option('--predictions <table>', 'what was predicted for its rows: best out-of-fold')
    .option('--model <model>', 'in their place: a run, a folder of several nets or a model file')
    .option('--groups <table>', 'the groups that the run of --model was split by')
    .option('--out <folder>', 'where audit.html, suspects.csv and corrections.csv go', 'audit')
    .addOption(correctionsOption())
    .addOption(mirrorOption());
  addEngineOptions(addViewOptions(command))
    .addOption(forceOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nWithout predictions and model, labels are compared with where the points usually are. A model\n' +
        'has learnt the labels of its own training rows, right or wrong, so predictions of models that\n' +
        'have not seen a row tell more: fiducial cross-validate writes such ones.\n' +
        examples(
          'fiducial audit --data training.zip --predictions runs/net2-folds/out-of-fold.csv',
          'fiducial audit --data training.zip --model runs/net2 --groups groups.csv',
          'fiducial audit --data training.zip --corrections audit/corrections.csv --out audit2',
        ),
    )
    .action(async (flags: AuditFlags) => {
      if (flags.model !== undefined && flags.predictions !== undefined) {
        command.error('error: --model and --predictions: labels are compared with one of the two');
      }
      const { runAudit } = await import('./audit/run-audit.ts');
      await runAudit(flags);
    });
}
