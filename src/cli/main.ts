#!/usr/bin/env node
import { explainSystemError } from '../node/system-error.ts';
import { reportFailure } from './failure.ts';
import { outputIsClosed } from './interruption.ts';
import { createProgram } from './program.ts';

const WHAT_TO_DO_FIRST = `fiducial trains facial keypoint detectors. To begin:

  npm start                                        a first run on drawn faces, in a checkout
  fiducial synth --rows 2000 --out faces.csv.gz    draw faces to train on
  fiducial fit start --data faces.csv.gz           train a small network
  fiducial --help                                  all commands
`;

for (const stream of [process.stdout, process.stderr]) {
  // A reader that has seen enough, such as "head", closes the pipe: no mistake of anybody's.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') outputIsClosed();
    else process.exit(reportFailure(explainSystemError(error, 'output')));
  });
}
process.on('uncaughtException', (error) => process.exit(reportFailure(error)));

if (process.argv.length <= 2) {
  process.stdout.write(WHAT_TO_DO_FIRST);
} else {
  try {
    await createProgram().parseAsync();
  } catch (error) {
    process.exitCode = reportFailure(error);
  }
}
