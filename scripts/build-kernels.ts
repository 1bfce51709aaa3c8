/**
 * Compiles the kernels twice from one source, for plain and for relaxed SIMD, and writes each as a
 * TypeScript module: a string travels through every bundler and needs neither a file nor a download.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'src/engine/builds');
const temporary = mkdtempSync(join(tmpdir(), 'fiducial-kernels-'));

const FEATURES = { plain: [], relaxed: ['--enable', 'relaxed-simd'] };

try {
  mkdirSync(target, { recursive: true });
  for (const [build, features] of Object.entries(FEATURES)) {
    const file = join(temporary, `${build}.wasm`);
    execFileSync(
      process.execPath,
      [
        join(root, 'node_modules/assemblyscript/bin/asc.js'),
        join(root, 'src/engine/kernels/assembly/index.ts'),
        ...['--outFile', file],
        ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
        ...['--enable', 'simd', '--enable', 'threads', ...features],
        // Memory comes from the host and may be shared; the first KB holds the team's own words.
        // Vectors pass from file to file, which it warns of, but never to the host.
        ...['--disableWarning', '112'],
        ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
        ...['--memoryBase', '1024'],
      ],
      { stdio: 'inherit' },
    );
    const bytes = readFileSync(file);
    writeFileSync(
      join(target, `${build}.ts`),
      `/** Generated from src/engine/kernels/assembly by scripts/build-kernels.ts: ${bytes.length} bytes. */\n` +
        `export default '${bytes.toString('base64')}';\n`,
    );
    console.log(`kernels, ${build} SIMD: ${bytes.length} bytes`);
  }
} finally {
  rmSync(temporary, { recursive: true });
}
