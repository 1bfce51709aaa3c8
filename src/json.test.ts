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
