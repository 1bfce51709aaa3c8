import { z } from 'zod';
import type { RunFacts } from './run-facts.ts';

/** `run.json`. */
export const runFactsSchema: z.ZodType<RunFacts> = z.object({
  fiducial: z.string(),
  node: z.string(),
  platform: z.string(),
  processor: z.string(),
  build: z.string(),
  threads: z.number(),
  data: z.string(),
  rows: z.number(),
  imagesCrc32: z.number(),
  splitCrc32: z.number().optional(),
  corrections: z.object({ name: z.string(), count: z.number(), crc32: z.number() }).optional(),
  started: z.string(),
  command: z.string().optional(),
  trainRows: z.number().optional(),
  validRows: z.number().optional(),
  teachers: z
    .array(z.object({ path: z.string(), recipe: z.string(), crc32: z.number() }))
    .optional(),
  resumed: z
    .array(
      z.object({ date: z.string(), epoch: z.number(), threads: z.number(), command: z.string() }),
    )
    .optional(),
  stopped: z.string().optional(),
  licence: z.string().optional(),
  notes: z.string().optional(),
  remeasured: z.object({ loss: z.number(), rmse: z.number() }).optional(),
});
