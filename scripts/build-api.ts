/** Writes docs/api.md from the docstrings of everything that can be imported. */
import { writeFileSync } from 'node:fs';
import { apiPage } from './api/page.ts';

const { markdown, gaps } = apiPage();
writeFileSync(new URL('../docs/api.md', import.meta.url), markdown);
for (const gap of gaps) console.error(gap);
process.exitCode = gaps.length === 0 ? 0 : 1;
