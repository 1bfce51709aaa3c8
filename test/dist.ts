import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../', import.meta.url);

/** The project as it is built, for tests in other processes and in pages. */
export const DIST = new URL('dist/', ROOT);

/** Address of a built module, such as `src/engine/engine.js`. */
export const built = (path: string): string => new URL(path, DIST).href;

/** A test of an old build would say nothing about the sources. */
function requireFreshBuild(): void {
  const build = modified(new URL('src/cli/main.js', DIST));
  if (build === undefined) throw new Error('dist/ is missing: npm run build makes it');
  for (const folder of ['src/', 'recipes/', 'bench/']) {
    const url = new URL(folder, ROOT);
    for (const name of readdirSync(url, { recursive: true, encoding: 'utf8' })) {
      const file = new URL(name, url);
      if (!/(?<!\.test)\.ts$/.test(name) || modified(file)! <= build) continue;
      throw new Error(`dist/ is older than ${fileURLToPath(file)}: npm run build renews it`);
    }
  }
}

function modified(file: URL): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

// Once, when a test file is loaded; what is edited meanwhile does not matter.
requireFreshBuild();
