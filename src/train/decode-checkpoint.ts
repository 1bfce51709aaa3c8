import { z } from 'zod';
import { ENGINE_BUILDS } from '../engine/build.ts';
import type { Tensors } from '../engine/compiled-network.ts';
import { parseJson } from '../json.ts';
import { decodeSealed, requireFormat } from '../model/decode-sealed.ts';
import { type Checkpoint, VERSION } from './checkpoint.ts';
import { epochRecordSchema } from './epoch-schema.ts';
import { parseRecipe } from './recipe-schema.ts';

const count = z.int().nonnegative();

/** A float64 as text, to the bit: JSON has no `NaN` and no infinity. */
const float64 = z.string().transform(Number);

const stateSchema = z.strictObject({
  build: z.enum(ENGINE_BUILDS),
  data: z.string(),
  epoch: count,
  record: epochRecordSchema.nullable(),
  underway: z.strictObject({
    rowsDone: count,
    lossSum: float64,
    lossCount: count,
    seconds: z.number(),
  }),
  stepsDone: count,
  states: count,
  best: z
    .strictObject({
      record: epochRecordSchema,
      /** Whether its parameters are those of the checkpoint, which are then stored once. */
      current: z.boolean(),
    })
    .nullable(),
});

/** What stands in a checkpoint's metadata, besides the recipe. */
export type StoredState = z.input<typeof stateSchema>;

/**
 * Reads a checkpoint.
 *
 * @param bytes the file
 * @param fileName for messages
 * @returns the checkpoint; where the best parameters are the current ones, both are one map
 * @throws InputError where any byte was changed or is missing, or another version wrote the file
 * @example
 * const checkpoint = decodeCheckpoint(await readBytes(path), path);
 */
export function decodeCheckpoint(bytes: Uint8Array, fileName: string): Checkpoint {
  const { tensors, metadata } = decodeSealed(bytes, fileName, 'checkpoint');
  requireFormat(metadata, fileName, { kind: 'checkpoint', key: 'checkpoint', version: VERSION });
  const recipe = parseRecipe(metadata.recipe ?? '', `${fileName}, recipe`);
  const { best, record, states, ...state } = parseJson(
    stateSchema,
    metadata.state ?? '',
    `${fileName}, state`,
  );
  const group = (prefix: string): Tensors =>
    new Map(
      [...tensors]
        .filter(([name]) => name.startsWith(`${prefix}/`))
        .map(([name, { values }]) => [name.slice(prefix.length + 1), values]),
    );
  const parameters = group('current');
  const averages = recipe.averaging ? group('average') : undefined;
  return {
    ...state,
    record: record ?? undefined,
    recipe,
    parameters,
    averages,
    states: Array.from({ length: states }, (_, i) => group(`state${i}`)),
    best: best
      ? { record: best.record, parameters: best.current ? parameters : group('best') }
      : undefined,
  };
}
