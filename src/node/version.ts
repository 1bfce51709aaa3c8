import { createRequire } from 'node:module';

/** Version of this package, as its package.json has it. */
export const VERSION: string = createRequire(import.meta.url)('fiducial/package.json').version;
