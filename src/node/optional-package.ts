import { InputError } from '../errors.ts';

/**
 * Loads something of an optional package, which need not be installed.
 *
 * @param name of the package
 * @param purpose what it is needed for, as the subject of a sentence: "PNG pictures"
 * @param load an import of it
 * @param otherwise what can be done without it, as the end of a sentence: "write SVG instead"
 * @throws InputError where it cannot be loaded here
 * @example
 * const { default: sharp } = await optionalPackage('sharp', 'Photographs', () => import('sharp'));
 */
export async function optionalPackage<T>(
  name: string,
  purpose: string,
  load: () => T | Promise<T>,
  otherwise?: string,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new InputError(
      `${purpose} need the optional package "${name}", which cannot be loaded here`,
      `Run "npm install ${name}"${otherwise === undefined ? '' : `, or ${otherwise}`}.`,
      { cause },
    );
  }
}
