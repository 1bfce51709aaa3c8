import { existsSync } from 'node:fs';

/** The project as it is built, for tests in other processes and in pages. */
export const DIST = new URL('../dist/', import.meta.url);

if (!existsSync(DIST)) throw new Error('dist/ is missing: npm run build makes it');

/** Address of a built module, such as `src/engine/engine.js`. */
export const built = (path: string): string => new URL(path, DIST).href;
