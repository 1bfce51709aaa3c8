import { InputError } from '../errors.ts';
import { decodeSafetensors } from './decode-safetensors.ts';
import type { Safetensors } from './safetensors.ts';
import { requireSeal, type SealedKind } from './sealed-file.ts';

/**
 * Reads a sealed file, after its sum was found to be that of its bytes.
 *
 * @param file the whole file
 * @param fileName for messages
 * @param kind what it should be, for messages
 * @throws InputError where the sums differ and where the file carries none
 * @example
 * decodeSealed(bytes, 'runs/a/model.safetensors', 'model').metadata.fiducial;
 */
export function decodeSealed(file: Uint8Array, fileName: string, kind: SealedKind): Safetensors {
  requireSeal(file, fileName, kind);
  return decodeSafetensors(file, fileName);
}

/**
 * Refuses a sealed file of another kind or version, which stands under the kind's key of the metadata.
 *
 * @param format `kind`: what it should be, for messages; `key` of the metadata; `version` that is understood
 * @throws InputError
 * @example
 * requireFormat(metadata, 'runs/a/model.safetensors', { kind: 'model', key: 'fiducial', version: '1' });
 */
export function requireFormat(
  metadata: Safetensors['metadata'],
  fileName: string,
  format: { readonly kind: SealedKind; readonly key: string; readonly version: string },
): void {
  const { kind, key, version } = format;
  const found = metadata[key];
  if (found === version) return;
  if (found === undefined) {
    throw new InputError(
      `${fileName}: is a file of fiducial, but no ${kind}`,
      `Give a ${kind} from a run's folder.`,
    );
  }
  throw new InputError(
    `${fileName}: has version ${found} of the ${kind} format, expected ${version}`,
    'Use the version of fiducial that wrote it.',
  );
}
