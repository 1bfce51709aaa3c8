import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** What each folder may import, as the table of docs/architecture.md says: folders and files. */
const rules = (() => {
  const page = read('docs/architecture.md');
  const shared = [...page.matchAll(/^ {2}(.*\.ts) {3}used everywhere$/gm)][0]![1]!.split(', ');
  const table = /\| folder \| may import.*\n.*\n((?:\|.*\n)+)/.exec(page)![1]!;
  const found = new Map<string, { names: string[]; types: string[] }>();
  for (const line of table.trim().split('\n')) {
    const [, folder, allowed] = /^\| `(\w+)` \| (.*) \|$/.exec(line)!;
    const types = [...allowed!.matchAll(/types of `([^`]+)`/g)].map(([, name]) => name!);
    const names = [...allowed!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
    const above = allowed === 'all above' ? [...found.keys()] : [];
    found.set(folder!, {
      names: [...names.filter((name) => !types.includes(name)), ...above, ...shared, folder!],
      types,
    });
  }
  return found;
})();

/** Imports of a file as paths from `src/`; those of `recipes/` and `bench/` begin with that. */
const importsOf = (path: string): { target: string; isType: boolean }[] =>
  [
    ...read(path).matchAll(
      /^(?:import|export)( type)? [^;]*?from '([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ]
    .map(([, type, from, dynamic]) => ({ name: (from ?? dynamic)!, isType: type !== undefined }))
    .map(({ name, isType }) => ({
      target: name.startsWith('.') ? normalize(join(path, '..', name)).replace(/^src\//, '') : name,
      isType,
    }));

const filesOf = (folder: string): string[] =>
  readdirSync(new URL(`../${folder}/`, import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`);

const folders = [...rules.keys()].filter((folder) => folder !== 'cli');

test.each(folders)('%s imports what docs/architecture.md allows', (folder) => {
  const { names, types } = rules.get(folder)!;
  const isIn = (target: string, list: readonly string[]): boolean =>
    list.some((name) => target === name || target.startsWith(`${name}/`));
  const runsAnywhere = folders.indexOf(folder) < folders.indexOf('node');
  const files = filesOf(['recipes', 'bench'].includes(folder) ? folder : `src/${folder}`);
  expect(files.length).toBeGreaterThan(0);
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter(({ target, isType }) => {
        if (target.startsWith('node:')) return runsAnywhere;
        const isOurs = target.endsWith('.ts');
        return isOurs && !isIn(target, names) && !(isType && isIn(target, types));
      })
      .map(({ target }) => `${file} -> ${target}`),
  );
  expect(wrong).toEqual([]);
});
