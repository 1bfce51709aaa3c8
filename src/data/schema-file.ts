import { z } from 'zod';
import type { KeypointSchema } from './schema.ts';

/** A `KeypointSchema` in JSON. */
export const storedKeypointSchema: z.ZodType<KeypointSchema> = z
  .strictObject({
    points: z.array(z.string().min(1)).min(1),
    side: z.int().positive(),
    // Files from before there were colours do not say.
    channels: z.literal([1, 3]).default(1),
    mirrorPairs: z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])),
    conventionPairs: z
      .array(z.tuple([z.int().nonnegative(), z.int().nonnegative()]))
      .min(1)
      .exactOptional(),
    mirrorAxis: z.number().exactOptional(),
  })
  .refine(({ points }) => new Set(points).size === points.length, {
    path: ['points'],
    error: 'two points have the same name',
  })
  .refine(
    ({ points, mirrorPairs }) =>
      mirrorPairs.every(([left, right]) => left < right && right < points.length) &&
      new Set(mirrorPairs.flat()).size === 2 * mirrorPairs.length,
    {
      path: ['mirrorPairs'],
      error:
        'expected pairs of indices of points, the smaller first, each point in one pair at most',
    },
  )
  .refine(
    ({ points, conventionPairs = [] }) => {
      const first = points.length - conventionPairs.length;
      return (
        conventionPairs.every(([many, few], i) => many < first && few === first + i) &&
        new Set(conventionPairs.map(([many]) => many)).size === conventionPairs.length
      );
    },
    {
      path: ['conventionPairs'],
      error:
        'expected pairs of indices of points, the second ones being the last points in their order',
    },
  );
