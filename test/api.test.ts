import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { apiPage } from '../scripts/api/page.ts';

test('docs/api.md tells of everything that can be imported, as its docstrings have it', async () => {
  const { markdown, gaps } = apiPage();
  expect(gaps).toEqual([]);
  const written = await readFile(new URL('../docs/api.md', import.meta.url), 'utf8');
  expect(written === markdown, 'docs/api.md is out of date: npm run build:api').toBe(true);
});
