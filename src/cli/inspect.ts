import type { Command } from 'commander';
import { examples, jsonOption } from './options.ts';
import { printJson } from './output.ts';
import { printable } from './printable.ts';

/** `fiducial inspect`: what a model file holds. */
export function setUp(command: Command): void {
  command
    .argument('<model>', 'a run, a folder of several nets, or any .safetensors file')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nOf a safetensors file of others it shows tensors and metadata.\n' +
        examples('fiducial inspect runs/net2', 'fiducial inspect weights.safetensors --json'),
    )
    .action(async (path: string, { json }: { readonly json?: true }) => {
      const [{ modelFile }, { trainedRuns }, { inspectFile }, { inspectionJson, inspectionText }] =
        await Promise.all([
          import('../node/run-folder.ts'),
          import('../node/team-folder.ts'),
          import('../node/inspect-file.ts'),
          import('./inspection.ts'),
        ]);
      const files = await Promise.all((await trainedRuns(path)).map((run) => modelFile(run.path)));
      for (const [i, file] of files.entries()) {
        const inspected = await inspectFile(file);
        if (json) printJson(inspectionJson(inspected));
        else process.stdout.write(printable(`${i > 0 ? '\n\n' : ''}${inspectionText(inspected)}`));
      }
    });
}
