import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { InputError } from '../errors.ts';
import { epochEvent, eventFileStart } from '../train/tensorboard.ts';
import { EventFile, isEventFile } from './event-file.ts';

const record = { epoch: 1, trainLoss: 0.1, validLoss: 0.2, validRmse: 3, seconds: 1 };

test('an event file grows by a record an epoch', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fiducial-events-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = await EventFile.create(folder);
  const [name, ...others] = await readdir(folder);
  expect(others).toEqual([]);
  expect(isEventFile(name!)).toBe(true);
  const length = async (): Promise<number> => (await readFile(join(folder, name!))).length;
  const start = eventFileStart(0).length;
  expect(await length()).toBe(start);
  await file.append(record);
  await file.append({ ...record, epoch: 2 });
  expect(await length()).toBe(start + 2 * epochEvent(record, 0).length);
});

test('a folder that cannot be written to is named', async () => {
  await expect(EventFile.create(join(tmpdir(), 'no', 'such', 'folder'))).rejects.toThrow(
    InputError,
  );
});
