import { InputError } from '../errors.ts';
import type { Build } from './build.ts';

/**
 * The bytes of a build.
 *
 * @param shared whether the memory is shared between threads; where it is not, the one bit of the
 *   import that says so is cleared (atomic operations are valid on both kinds)
 */
export async function kernelBytes(build: Build, shared = true): Promise<Uint8Array<ArrayBuffer>> {
  const { default: text } = await (build === 'plain'
    ? import('./builds/plain.ts')
    : import('./builds/relaxed.ts'));
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  if (!shared) bytes[memoryFlagsOffset(bytes)]! &= ~2;
  return bytes;
}

/** Whether this machine runs the relaxed build (fused multiply-add). */
export function relaxedIsAvailable(): boolean {
  if (WebAssembly.validate(RELAXED_PROBE)) return true;
  // Node 20 has it behind a flag, which may be set while it runs.
  globalThis.process
    ?.getBuiltinModule?.('node:v8')
    ?.setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(RELAXED_PROBE);
}

/**
 * Compiles a build for threads with shared memory, or for one without.
 *
 * @throws InputError where the host cannot run it or a page's Content-Security-Policy forbids it
 */
export async function compileKernels(build: Build, shared: boolean): Promise<WebAssembly.Module> {
  if (build === 'relaxed') relaxedIsAvailable(); // switches it on
  const bytes = await kernelBytes(build, shared);
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new InputError(
      WebAssembly.validate(bytes)
        ? "the page's Content-Security-Policy forbids WebAssembly: it needs \"script-src 'wasm-unsafe-eval'\""
        : `the WebAssembly of this browser or Node has no ${build === 'plain' ? 'SIMD' : 'relaxed SIMD'}, which the engine needs`,
      undefined,
      { cause },
    );
  }
}

/** The smallest module with f32x4.relaxed_madd. */
const RELAXED_PROBE = Uint8Array.from([
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 5, 1, 96, 0, 1, 123], // type: () -> v128
  ...[3, 2, 1, 0], // function
  ...[10, 19, 1, 17, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15], // three i8x16.splat(0)
  ...[253, 133, 2, 11], // f32x4.relaxed_madd, end
]);

/** Where the flags of the imported memory's limits stand. */
function memoryFlagsOffset(bytes: Uint8Array): number {
  let at = 8;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const skip = (count: number): void => {
    at += count;
  };
  for (;;) {
    const section = bytes[at++];
    const length = number();
    if (section !== 2) {
      skip(length);
      continue;
    }
    for (let imports = number(); imports > 0; imports--) {
      skip(number());
      skip(number());
      const kind = bytes[at++];
      if (kind === 2) return at;
    }
    throw new Error('the kernels import no memory');
  }
}
