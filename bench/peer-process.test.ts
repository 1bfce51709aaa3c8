import { expect, test } from 'vitest';
import { PeerError, PeerProcess } from './peer-process.ts';

const javascript = (code: string, patience = 20): PeerProcess =>
  new PeerProcess(process.execPath, ['-e', code], { patience });

const ECHO = `require('readline').createInterface({ input: process.stdin }).on('line', (line) => console.log(line))`;

test('it answers questions, in their order, and ends when there are no more', async () => {
  const peer = javascript(ECHO);
  expect(await peer.ask('one')).toBe('one');
  expect(await peer.askNumber('2.5')).toBe(2.5);
  expect(await peer.askJson('[1, 2]')).toEqual([1, 2]);
  await peer.close();
  await expect(peer.ask('more')).rejects.toThrow('ended with exit code 0');
});

test.each(['', 'fast', '-1', 'NaN', 'Infinity', '12 ms'])('"%s" is no number', async (answer) => {
  const peer = javascript(ECHO);
  const expected = `it said "${answer}" where a number was expected`;
  await expect(peer.askNumber(answer)).rejects.toThrow(expected);
  // What it would say now cannot be trusted.
  await expect(peer.askNumber('1')).rejects.toThrow(expected);
});

test('who ends is quoted, the last line alone', async () => {
  const peer = javascript(
    `console.error('Traceback\\n  line 3\\nImportError: libfoo\\n'); process.exit(3)`,
  );
  const error = await peer.ask().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PeerError);
  expect(error).toMatchObject({
    kind: 'failed',
    message: 'ended with exit code 3; its last words: ImportError: libfoo',
  });
});

test('nobody waits for ever, not even for a process that it left behind', async () => {
  const child = `require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], { stdio: 'inherit' })`;
  const peer = javascript(`${child}; setTimeout(() => {}, 20000)`, 1);
  await expect(peer.ask()).rejects.toThrow('no answer within 1 s');
}, 10_000);

test('a program that is not there', async () => {
  const peer = new PeerProcess('/no/such/program', [], { patience: 20 });
  await expect(peer.ask()).rejects.toThrow('ENOENT');
  await peer.close();
});
