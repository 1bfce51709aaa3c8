import { z } from 'zod';
import type { Schedule } from './schedule.ts';

const count = z.int().positive();

/** What the values of a schedule may be, and the factors that they are multiplied by. */
function scheduleSchema(value: z.ZodNumber, factor: z.ZodNumber): z.ZodType<Schedule> {
  const timing = {
    by: z.enum(['epoch', 'step']).exactOptional(),
    lag: z.int().min(0).exactOptional(),
  };
  const span = { ...timing, over: count.exactOptional() };
  const type = <T extends string>(name: T) => ({ type: z.literal(name) });
  const warmUp = z.number().min(0).lt(1).default(0.3);
  return z.union([
    value,
    z.discriminatedUnion('type', [
      z.strictObject({ ...type('constant'), value }),
      z.strictObject({ ...type('linear'), from: value, to: value, ...span }),
      z.strictObject({ ...type('step'), from: value, factor, every: count, ...timing }),
      z.strictObject({ ...type('exponential'), from: value, factor, ...timing }),
      z.strictObject({ ...type('cosine'), from: value, to: value, ...span }),
      z.strictObject({ ...type('oneCycle'), from: value, peak: value, to: value, warmUp, ...span }),
      z.strictObject({ ...type('inverseTime'), from: value, decay: z.number().min(0), ...timing }),
    ]),
  ]);
}

const rate = z.number().min(0);

/** A learning rate in JSON: a number of at least 0, or a schedule of such numbers. */
export const learningRateSchema: z.ZodType<Schedule> = scheduleSchema(rate, z.number().positive());

/** A momentum in JSON: a number in [0, 1), or a schedule that stays there. */
export const momentumSchema: z.ZodType<Schedule> = scheduleSchema(
  rate.lt(1),
  z.number().positive().max(1),
);
