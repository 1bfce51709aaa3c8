import { z } from 'zod';
import type { EpochRecord } from './epoch.ts';

/** A loss in JSON, which has no `NaN`. */
const loss = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);

/** A line of a run's history in JSON. */
export const epochRecordSchema: z.ZodType<EpochRecord> = z.object({
  epoch: z.int().positive(),
  trainLoss: loss,
  validLoss: loss,
  validRmse: loss,
  seconds: z.number(),
});
