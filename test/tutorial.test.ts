import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recipes, teamRecipes } from '../recipes/index.ts';
import { memberNames } from '../src/train/team.ts';
import { fiducial } from './fiducial.ts';

const DOCS = new URL('../docs/', import.meta.url);
const text = await readFile(new URL('tutorial.md', DOCS), 'utf8');

/** What stands between two fences: what it is written in, the rest of the first line, the lines. */
const blocks = [...text.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(
  ([, language, name, content]) => ({ language, name: name!, content: content! }),
);
const files = blocks.filter(({ language }) => language === 'csv');
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ content }) => content.trim().split('\n'))
  .map((line) => line.replace(/ +# .*/, ''));

/** Splits a line as a shell does where single quotes are all that is quoted. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));

/** Makes dense layers of hundreds of units small, which would be slow to write time and again. */
function narrowLayers(recipe: string): string[] {
  const { layers } = recipes[recipe] ?? teamRecipes[recipe]!.base;
  return layers.flatMap((layer, i) =>
    layer.type === 'dense' && layer.units >= 500 ? ['--set', `layers.${i}.units=16`] : [],
  );
}

/** The same command over few faces, small layers and few epochs; all else is as the text has it. */
function shortened(line: string): string[] {
  const [npx, name, ...args] = wordsOf(line);
  expect([npx, name]).toEqual(['npx', 'fiducial']);
  const limits: Record<string, number> = { '--rows': 60, '--epochs': 2, '--jobs': cpus().length };
  const short = args.map((word, i) => {
    const limit = limits[args[i - 1]!];
    if (limit === undefined || !/^\+?\d+$/.test(word)) return word;
    return `${word.startsWith('+') ? '+' : ''}${Math.min(Number(word), limit)}`;
  });
  if (args[0] !== 'fit' || args.includes('--resume')) return short;
  const isEnded = args.includes('--epochs') || args.includes('--until');
  return [...short, ...(isEnded ? [] : ['--epochs', '2']), ...narrowLayers(args[1]!)];
}

/** Files, and of a run the one that is written last, which a command is to leave behind. */
function outputsOf([command, recipe, ...options]: readonly string[]): string[] {
  const out = options.indexOf('--out');
  const named = out < 0 ? undefined : options[out + 1]!;
  if (command !== 'fit') return named === undefined ? [] : [named];
  const run = named ?? (options.includes('--resume') ? recipe! : `runs/${recipe}`);
  const team = teamRecipes[recipe!];
  const runs = team ? memberNames(team).map((name) => `${run}/${name}`) : [run];
  return runs.map((path) => `${path}/report.html`);
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-tutorial-'));
  for (const { name, content } of files) await writeFile(join(folder, name), content);
});
afterAll(() => rm(folder, { recursive: true }));

describe('every line of docs/tutorial.md works after those before it', () => {
  test.each(commands)('%s', async (line) => {
    const args = shortened(line);
    const { code, stderr } = await fiducial(folder, ...args);
    expect([code, stderr]).toEqual([0, '']);
    for (const path of outputsOf(args)) expect(existsSync(join(folder, path)), path).toBe(true);
  });
});

describe('docs/tutorial.md', () => {
  test('trains every recipe of both ladders', () => {
    const trained = new Set(commands.map((line) => /fiducial fit (\S+)/.exec(line)?.[1]));
    const names = Object.keys({ ...recipes, ...teamRecipes });
    const others = names.filter((name) => !trained.has(name));
    // What takes days, what is the same once more, and what is not of the ladders.
    expect(others.sort()).toEqual([
      ...['accurate', 'compact', 'heatmaps', 'keras-top-specialists', 'net12', 'start'],
    ]);
    for (const name of others) expect(text).toContain(`\`${name}\``);
  });

  test('shows figures and links to files that are there', () => {
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(
      ([, path]) => path!,
    );
    expect(targets.length).toBeGreaterThan(0);
    for (const path of targets) expect(existsSync(new URL(path, DOCS)), path).toBe(true);
  });
});
