import { z } from 'zod';
import { InputError } from '../errors.ts';
import type { ImageFormat } from './image-format.ts';
import type { Scaling } from './scaling.ts';

/** A number for each channel; files from before there were colours have one number alone. */
const perChannel = (value: z.ZodNumber) =>
  z.union([value.transform((one) => [one]), z.array(value).min(1)]);

/** A scaling in JSON. */
export const scalingSchema = z.strictObject({
  imageDivisor: z.number().positive(),
  labelScale: z.number().positive(),
  labelOffset: z.number(),
  standardisation: z
    .strictObject({
      samplewiseCenter: z.boolean(),
      samplewiseDeviation: z.boolean(),
      mean: perChannel(z.number()),
      deviation: perChannel(z.number().positive()),
    })
    .exactOptional(),
}) satisfies z.ZodType<Scaling>;

/** @throws InputError where the numbers of a standardisation are not one for each channel */
export function requireChannels(
  { standardisation }: Scaling,
  { channels }: ImageFormat,
  where: string,
): void {
  if (!standardisation) return;
  const { mean, deviation } = standardisation;
  if (mean.length === channels && deviation.length === channels) return;
  throw new InputError(
    `${where}: ${mean.length} means and ${deviation.length} deviations for images of ${channels} ${channels === 1 ? 'channel' : 'channels'}`,
    'Give one of each for every channel.',
  );
}
