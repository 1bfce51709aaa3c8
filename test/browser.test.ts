import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { net1 } from '../recipes/net1.ts';
import type { EngineOptions } from '../src/engine/engine.ts';
import { RELU_GAIN } from '../src/nn/initialise.ts';
import { conv2d, dense, dropout, flatten, maxPool2d, relu, sigmoid } from '../src/nn/layers.ts';
import { maskedMeanSquaredError } from '../src/nn/loss.ts';
import { adam } from '../src/nn/rule.ts';
import type { Recipe } from '../src/train/recipe.ts';
import { chromiumPath, ISOLATION, type PageServer, servePages, startChromium } from './chromium.ts';
import { DIST } from './dist.ts';

const recipe: Recipe = {
  ...net1,
  name: 'browser',
  layers: [
    ...[conv2d(6, 3), relu(), maxPool2d(), conv2d(9, 3, { padding: 'same' }), relu(), maxPool2d()],
    ...[dropout(0.2), flatten(), dense(21), sigmoid(), dense(16), relu()],
  ],
  gain: RELU_GAIN,
  loss: maskedMeanSquaredError(),
  rule: adam(),
  learningRate: 0.003,
  epochs: 2,
  batch: 16,
  shuffle: true,
  rows: 'all',
};

/** What a run came to: every loss, and a checksum of every weight. */
interface Outcome {
  readonly isolated: boolean | null;
  readonly losses: readonly (readonly [number, number])[];
  readonly weights: Readonly<Record<string, number>>;
}

/** One program, as text, for Node and for a page: a function of the place of dist/ and of options. */
const TRAIN = `async (dist, recipe, options) => {
  const { crc32 } = await import(dist + 'src/crc32.js');
  const { synthesize } = await import(dist + 'src/data/synthetic/synthesize.js');
  const { train } = await import(dist + 'src/train/train.js');
  const faces = synthesize({ rows: 50, seed: 4, side: 30 });
  const losses = [];
  let model;
  for await (const epoch of train(recipe, faces, options)) {
    losses.push([epoch.trainLoss, epoch.validLoss]);
    model = await epoch.model();
  }
  const weights = {};
  for (const [name, { buffer }] of model.parameters) weights[name] = crc32(new Uint8Array(buffer));
  return { isolated: globalThis.crossOriginIsolated ?? null, losses, weights };
}`;

/** The call of a program on some arguments, as text. */
const call = (program: string, ...values: unknown[]): string =>
  `(${program})(${values.map((value) => JSON.stringify(value)).join(', ')})`;

async function trainInNode(options: EngineOptions): Promise<Outcome> {
  const program = `console.log(JSON.stringify(await ${call(TRAIN, DIST.href, recipe, options)}))`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--input-type=module', '--eval', program],
  ]);
  return JSON.parse(stdout) as Outcome;
}

const PAGE = `<!doctype html>
<title>fiducial</title>
<script type="importmap">{ "imports": { "zod": "/node_modules/zod/index.js" } }</script>`;

/** An empty page and what it may import. */
async function content(path: string): Promise<Uint8Array | string | undefined> {
  if (path === '/index.html') return PAGE;
  const known = /^\/(dist|node_modules\/zod)\//.test(path) && extname(path) === '.js';
  return known ? readFile(new URL(`..${path}`, DIST)) : undefined;
}

describe.skipIf(!chromiumPath)('in Chromium (skipped where there is none on the PATH)', () => {
  let browser: Browser;
  let servers: PageServer[];
  let inNode: Outcome;
  beforeAll(async () => {
    browser = await startChromium();
    servers = await Promise.all([servePages(content, {}), servePages(content, ISOLATION)]);
    inNode = await trainInNode({ build: 'plain', threads: 2 });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    for (const server of servers ?? []) server.close();
  });

  async function inPage<T>(isolated: boolean, program: string, ...values: unknown[]): Promise<T> {
    const page = await browser.newPage();
    try {
      await page.goto(servers[Number(isolated)]!.origin);
      return await page.evaluate<T>(call(program, '/dist/', ...values));
    } finally {
      await page.close();
    }
  }

  test.each<{ isolated: boolean; threads?: number; shared?: boolean }>([
    { isolated: true, threads: 2 },
    { isolated: true, threads: 3 },
    { isolated: true, shared: false },
    { isolated: false },
  ])('a run gives the bits of Node: %o', async ({ isolated, ...options }) => {
    const outcome = await inPage<Outcome>(isolated, TRAIN, recipe, { build: 'plain', ...options });
    expect(outcome).toEqual({ ...inNode, isolated });
    expect(Object.keys(outcome.weights)).toHaveLength(10);
  });

  test.each([true, false])('the default build passes its check, isolated: %s', async (isolated) => {
    const CHECK = `async (dist) => {
      const { Engine } = await import(dist + 'src/engine/engine.js');
      const { selfCheck } = await import(dist + 'src/engine/self-check.js');
      const engine = await Engine.start();
      await selfCheck(engine);
      await engine.close();
      return engine.shared;
    }`;
    expect(await inPage(isolated, CHECK)).toBe(isolated);
  });

  test.each([true, false])('a trap rejects what waits, isolated: %s', async (isolated) => {
    const TRAP = `async (dist) => {
      const { Engine } = await import(dist + 'src/engine/engine.js');
      const engine = await Engine.start({ threads: 2 });
      const program = await engine.reserve(64);
      await engine.write(program, Int32Array.of(0, 0, 999, 0, 0));
      const failed = await engine.run(program, program, 1).catch((error) => error.message);
      const after = await engine.reserve(1).catch((error) => error.message);
      await engine.close();
      return [failed, after];
    }`;
    const [failed, after] = await inPage<string[]>(isolated, TRAP);
    expect(failed).toMatch(/^engine worker: .*unreachable/);
    expect(after).toBe(failed);
  });

  test('Node gives them without shared memory, too', async () => {
    expect(inNode.isolated).toBeNull();
    expect(inNode.losses).toHaveLength(recipe.epochs);
    expect(await trainInNode({ build: 'plain', shared: false })).toEqual(inNode);
  });
});
