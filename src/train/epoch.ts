import type { Model } from '../model/model-file.ts';

/** One line of a run's history. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Mean over the epoch's batches, each measured before its update; on scaled coordinates. */
  readonly trainLoss: number;
  /** After the epoch; `NaN` where there is no label to validate on. */
  readonly validLoss: number;
  /** Root of the validation loss, in pixels; `NaN` likewise. */
  readonly validRmse: number;
  /** Duration of training and validation. */
  readonly seconds: number;
}

/** What training yields after every epoch. */
export interface Epoch extends EpochRecord {
  /** Whether no epoch before had a smaller validation loss. */
  readonly best: boolean;
  /** The model that the recipe keeps: the best so far, or the one of the last epoch. */
  model(): Promise<Model>;
}

/** Where an epoch stands. */
export interface Progress {
  readonly epoch: number;
  readonly rowsDone: number;
  readonly rows: number;
}
