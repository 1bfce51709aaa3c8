import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { built } from '../../test/dist.ts';

const runProcess = promisify(execFile);

test('a process that ends its engine goes on to its last line', async () => {
  const program = `
    import { Engine } from ${JSON.stringify(built('src/engine/engine.js'))};
    const engine = await Engine.start({ threads: 2 });
    await engine.close();
    console.log('closed');
  `;
  // One process in two ended too early, with exit code 13, before terminate() kept it alive.
  for (let time = 0; time < 10; time++) {
    const args = ['--input-type=module', '--eval', program];
    expect(await runProcess(process.execPath, args)).toEqual({ stdout: 'closed\n', stderr: '' });
  }
});
