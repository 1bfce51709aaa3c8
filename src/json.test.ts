import { expect, test } from 'vitest';
import { z } from 'zod';
import { refusal } from '../test/refusal.ts';
import { parseJson, validate } from './json.ts';

const format = z.strictObject({ layers: z.array(z.strictObject({ units: z.int().positive() })) });

test('JSON of the right format is read', () => {
  expect(parseJson(format, '{"layers":[{"units":3}]}', 'a.json')).toEqual({
    layers: [{ units: 3 }],
  });
});

test('a message names the file and the key', () => {
  expect(() => parseJson(format, '{"layers":[', 'a.json')).toThrow(
    refusal(/^a\.json: is not JSON \(/),
  );
  expect(() => validate(format, { layers: [{ units: 3 }, { units: -1 }] }, 'a.json')).toThrow(
    refusal(/^a\.json, layers\[1\]\.units: /),
  );
  expect(() => validate(format, [], 'a.json')).toThrow(refusal(/^a\.json: /));
});

test('of several forms, the message is about the one that was meant, or names them all', () => {
  const spec = z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('linear'), to: z.number() }),
    z.strictObject({ type: z.literal('step'), every: z.int() }),
  ]);
  const schedule = z.strictObject({ rate: z.union([z.number().min(0), spec]) });
  const refused = (rate: unknown, message: RegExp) =>
    expect(() => validate(schedule, { rate }, 'a.json')).toThrow(refusal(message));
  refused({ type: 'linear', to: 'a' }, /^a\.json, rate\.to: expected number, not "a"$/);
  refused({ type: 'linea' }, /^a\.json, rate\.type: expected 'linear' \| 'step', not "linea"$/);
  refused('fast', /^a\.json, rate: expected number or object, not "fast"$/);
  refused(-1, /^a\.json, rate: expected number to be >=0, not -1$/);
});
