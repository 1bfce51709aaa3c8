import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, ISOLATION, servePages, startChromium } from './chromium.ts';
import { DIST } from './dist.ts';
import { node } from './fiducial.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../', DIST));
/** A project of somebody else, which knows the package alone. */
const PROJECT = mkdtempSync(join(tmpdir(), 'fiducial-package-'));
afterAll(() => rmSync(PROJECT, { recursive: true }));

/**
 * What a page loads and a project installs may not grow by accident: limits a little above what was
 * measured, in kB of 1,000 bytes. Bundles are compressed with gzip and hold both builds of the kernels,
 * of which a page fetches one.
 */
const LIMITS = {
  engine: 80,
  prediction: 116,
  training: 97,
  everything: 156,
  /** On the disk: the package with 1,000 for its model, and what it needs, without optional packages. */
  installation: 11_500,
};
const IMPORTS = {
  engine:
    'import { CompiledNetwork, Engine } from "fiducial"; console.log(CompiledNetwork, Engine);',
  prediction: 'import { points } from "./points.js"; console.log(points);',
  training: 'import { train } from "fiducial"; console.log(train);',
  everything: 'import * as everything from "fiducial"; console.log({ ...everything });',
};

const missing = await installPackage();

/**
 * Installs the package as npm would publish it into the project.
 *
 * @returns why that cannot be done here, where the registry cannot be reached
 */
async function installPackage(): Promise<string | undefined> {
  cpSync(join(ROOT, 'test/package'), PROJECT, { recursive: true });
  writeFileSync(join(PROJECT, 'package.json'), '{ "private": true, "type": "module" }');
  await run('npm', ['pack', '--pack-destination', PROJECT], { cwd: ROOT });
  const archive = readdirSync(PROJECT).find((name) => name.endsWith('.tgz'))!;
  const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=1'];
  try {
    await run('npm', ['install', `./${archive}`, '--omit=optional', ...quick], { cwd: PROJECT });
    return undefined;
  } catch (error) {
    const { stderr } = error as { stderr: string };
    const code = /npm error code (ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENOTCACHED|E\d+)/.exec(
      stderr,
    );
    if (!code) throw error;
    return code[1];
  }
}

/** Runs a script of the project, which must end by itself. */
async function runScript(name: string): Promise<string> {
  const { code, stdout, stderr } = await node(PROJECT, name);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** Bytes of all files in a folder. */
const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);

/** Bundles an entry of the project for production, in memory; returns its chunks. */
async function bundle(entry: string): Promise<string[]> {
  const result = await build({
    ...{ root: PROJECT, configFile: false, logLevel: 'error' },
    build: { write: false, rolldownOptions: { input: join(PROJECT, entry) } },
  });
  if (!('output' in result)) throw new Error('vite did not build');
  return result.output.map((file) => (file.type === 'chunk' ? file.code : ''));
}

describe.skipIf(missing)(
  `the package in another project (skipped where npm cannot install${missing ? `: ${missing}` : ''})`,
  () => {
    let inNode: string;
    beforeAll(async () => {
      expect(await runScript('train.js')).toBe('15 points\n');
      inNode = await runScript('import.js');
    }, 60_000);

    test('finds points in Node, imported and required', async () => {
      expect(Object.keys(JSON.parse(inNode))).toHaveLength(15);
      expect(await runScript('require.cjs')).toBe(inNode);
      expect(await runScript('thread.js')).toBe(inNode);
    });

    test.each([
      ['nodenext', '--module nodenext --lib es2023,dom'],
      ['bundler', '--module esnext --moduleResolution bundler --lib es2023 --types node'],
    ])('has declarations that a strict program is checked against: %s', async (_, options) => {
      const strict = '--noEmit --strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes';
      const { code, stdout } = await node(
        PROJECT,
        join(ROOT, 'node_modules/typescript/bin/tsc'),
        ...`${strict} --target es2023 ${options}`.split(' '),
        ...['--typeRoots', join(ROOT, 'node_modules/@types'), 'types.ts'],
      );
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    });

    test.each(Object.entries(IMPORTS))('is small in a bundle: %s', async (name, code) => {
      writeFileSync(join(PROJECT, `${name}.js`), code);
      const chunks = await bundle(`${name}.js`);
      const bytes = chunks.reduce((sum, chunk) => sum + gzipSync(chunk).length, 0);
      expect(bytes).toBeLessThan(1000 * LIMITS[name as keyof typeof IMPORTS]);
      // A bundle without the kernels would be small, too.
      expect(bytes).toBeGreaterThan(45_000);
    });

    test('is small on the disk', () => {
      expect(bytesIn(join(PROJECT, 'node_modules'))).toBeLessThan(1000 * LIMITS.installation);
    });

    describe.skipIf(!chromiumPath)(
      'in Chromium, through vite (skipped where there is none)',
      () => {
        let browser: Browser;
        beforeAll(async () => {
          await build({ root: PROJECT, configFile: false, logLevel: 'error' });
          browser = await startChromium();
        });
        afterAll(() => browser?.close());

        /** Calls a function of the page, which is served with some headers. */
        async function inPage(call: string, headers: OutgoingHttpHeaders): Promise<string> {
          const server = await servePages(
            (path) => readFile(join(PROJECT, path === '/model.safetensors' ? path : `dist${path}`)),
            headers,
          );
          const page = await browser.newPage();
          try {
            await page.goto(server.origin);
            return await page.evaluate<string>(call);
          } finally {
            await page.close();
            server.close();
          }
        }

        const policy = (scripts: string, workers: string) => ({
          'Content-Security-Policy': `default-src 'self'; script-src 'self' ${scripts}; worker-src 'self' ${workers}`,
        });

        test.each([
          ['a page', 'pointsInPage()', {}],
          ['an isolated page', 'pointsInPage()', ISOLATION],
          ['a worker of a page', 'pointsInWorker()', {}],
          ['a worker of an isolated page', 'pointsInWorker()', ISOLATION],
          ['a page with a strict policy', 'pointsInPage()', policy("'wasm-unsafe-eval'", 'blob:')],
        ])('finds the points of Node in %s', async (_, call, headers) => {
          expect(await inPage(call, headers)).toBe(inNode.trim());
        });

        test.each([
          [
            'WebAssembly',
            policy('', 'blob:'),
            `the page's Content-Security-Policy forbids WebAssembly: it needs "script-src 'wasm-unsafe-eval'"`,
          ],
          [
            'threads',
            policy("'wasm-unsafe-eval'", ''),
            'the page\'s Content-Security-Policy forbids the engine\'s threads: it needs "worker-src blob:"',
          ],
        ])('says what a policy that forbids %s has to allow', async (_, headers, message) => {
          expect(await inPage('pointsInPage().catch((error) => error.message)', headers)).toBe(
            message,
          );
        });
      },
    );
  },
);
