import { exec } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { digitsAreHere, drawDigits } from './digits.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const run = promisify(exec);

test('digits are drawn side by side, two pixels a character, without their margins', () => {
  const images = new Uint8Array(2 * 28 * 28);
  const paint = (row: number, y: number, x: number): void => {
    images[(row * 28 + y) * 28 + x] = 255;
  };
  paint(0, 1, 2); // in the margin
  paint(0, 2, 2);
  paint(1, 3, 2);
  paint(1, 2, 3);
  paint(1, 3, 3);
  const [captions, first, ...others] = drawDigits(images, [
    { row: 0, caption: 'one' },
    { row: 1, caption: 'two' },
  ]).split('\n');
  expect(captions).toBe(`one${' '.repeat(21)}  two`);
  expect(first).toBe(`▀${' '.repeat(23)}  ▄█`);
  expect(others).toEqual(Array(11).fill(''));
});

const missing = await installDigits();

test.skipIf(missing !== undefined)(
  `the MNIST example reads more than 98 % of unseen digits (skipped where npm cannot install them${missing ?? ''})`,
  async () => {
    const { stdout } = await run('npm start --silent', { cwd: FOLDER });
    expect(stdout.match(/^epoch \d: /gm)).toHaveLength(3);
    const [, accuracy] = /^accuracy on digits never seen before: (\d+\.\d+) %$/m.exec(stdout)!;
    expect(Number(accuracy)).toBeGreaterThan(98);
    const [, count] = /^some of the (\d+) mistakes:$/m.exec(stdout)!;
    expect(Number(count)).toBe(Math.round(100 * (100 - Number(accuracy))));
    expect(stdout.match(/a \d, read as \d/g)).toHaveLength(3);
  },
  180_000,
);

/**
 * Installs the package with the digits where it is not there yet.
 *
 * @returns why that cannot be done here; undefined where it is done
 * @throws where it is our fault: a lock file that does not fit package.json or the package's bytes
 */
async function installDigits(): Promise<string | undefined> {
  if (digitsAreHere()) return undefined;
  try {
    await run('npm ci --ignore-scripts --fetch-retries=1 --fetch-retry-mintimeout=1000', {
      cwd: FOLDER,
    });
    return undefined;
  } catch (error) {
    const reason = /npm error code (\w+)/.exec((error as { stderr: string }).stderr)?.[1];
    if (reason === 'EUSAGE' || reason === 'EINTEGRITY') throw error;
    return `: ${reason ?? error}`;
  }
}
