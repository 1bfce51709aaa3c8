import type { z } from 'zod';
import { InputError } from './errors.ts';

/** Anything that JSON can hold. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * Reads JSON that came from outside.
 *
 * @param format what it must look like
 * @param text the JSON
 * @param where file and place, for messages
 * @throws InputError where it is not JSON or does not have the format; names the first key at fault
 * @example
 * parseJson(networkSchema, text, 'recipe.json');
 */
export function parseJson<T>(format: z.ZodType<T>, text: string, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(`${where}: is not JSON (${(cause as Error).message})`, undefined, {
      cause,
    });
  }
  return validate(format, value, where);
}

/**
 * Checks a value that came from outside.
 *
 * @param format what it must look like
 * @param value what was given
 * @param where file and place, for messages
 * @throws InputError where it does not have the format; names the first key at fault
 * @example
 * validate(networkSchema, { input: [2], layers: [{ type: 'dense' }] }, 'recipe.json');
 * // recipe.json, layers[0].units: Invalid input: expected number, received undefined
 */
export function validate<T>(format: z.ZodType<T>, value: unknown, where: string): T {
  const result = format.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const key = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  const place = key.length === 0 ? where : `${where}, ${key.join('').replace(/^\./, '')}`;
  throw new InputError(`${place}: ${message}`);
}
