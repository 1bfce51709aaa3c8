import type { core, z } from 'zod';
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
 * // recipe.json, layers[0].units: expected number, but it is missing
 */
export function validate<T>(format: z.ZodType<T>, value: unknown, where: string): T {
  const result = format.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = innermost(result.error.issues[0]!);
  const key = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  const place = key.length === 0 ? where : `${where}, ${key.join('').replace(/^\./, '')}`;
  throw new InputError(`${place}: ${plain(message, shown(value, path))}`);
}

/**
 * What is wrong with a value that may have several forms: the fault deepest inside it, as that form
 * was meant; what each form expects, where it is none of them from the start.
 */
function innermost(issue: core.$ZodIssue): Pick<core.$ZodIssue, 'path' | 'message'> {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const faults = issue.errors.map(([fault]) => innermost(fault!));
  const depth = Math.max(...faults.map(({ path }) => path.length));
  const deepest = faults.filter(({ path }) => path.length === depth);
  const [first, ...others] = deepest.map(({ message }) => message.replace(/, received .*$/, ''));
  const expected = [first, ...others.map((message) => message.replace(/^.* expected /, ''))];
  return { path: [...issue.path, ...deepest[0]!.path], message: expected.join(' or ') };
}

/** The value at a path, as short JSON. */
function shown(value: unknown, path: readonly PropertyKey[]): string {
  let found = value;
  for (const part of path) found = (found as Record<PropertyKey, unknown> | undefined)?.[part];
  const text = JSON.stringify(found) ?? String(found);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** Zod's message without its heading, with what was given. */
function plain(message: string, given: string): string {
  const heading =
    /^(Invalid input|Invalid option|Invalid discriminator value|Too big|Too small)[:.] E?e?/;
  if (!heading.test(message)) return message;
  const expected = message.replace(heading, 'e').replace(/, received .*$/, '');
  return given === 'undefined' ? `${expected}, but it is missing` : `${expected}, not ${given}`;
}
