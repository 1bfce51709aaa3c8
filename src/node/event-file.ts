import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochRecord } from '../train/epoch.ts';
import { epochEvent, eventFileStart } from '../train/tensorboard.ts';
import { explainSystemError } from './system-error.ts';

/** TensorBoard reads every file whose name contains this. */
const PREFIX = 'events.out.tfevents.';

export const isEventFile = (name: string): boolean => name.startsWith(PREFIX);

/**
 * The event file of a run, which TensorBoard can follow while the run goes on:
 * `tensorboard --logdir runs`.
 */
export class EventFile {
  private constructor(private readonly path: string) {}

  /**
   * Begins a file in a run's folder.
   *
   * @throws InputError where the system refuses, now or at an epoch
   */
  static async create(folder: string): Promise<EventFile> {
    const now = Date.now() / 1000;
    const file = new EventFile(join(folder, `${PREFIX}${Math.floor(now)}.fiducial`));
    await file.write(eventFileStart(now));
    return file;
  }

  async append(record: EpochRecord): Promise<void> {
    await this.write(epochEvent(record, Date.now() / 1000));
  }

  private async write(bytes: Uint8Array): Promise<void> {
    try {
      await appendFile(this.path, bytes);
    } catch (error) {
      throw explainSystemError(error, this.path);
    }
  }
}
