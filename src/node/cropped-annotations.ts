import { isAbsolute, join } from 'node:path';
import { type Annotation, byPicture } from '../annotations/annotations.ts';
import { type Cropped, type CroppingOptions, croppedAnnotation } from '../annotations/cropped.ts';
import { InputError } from '../errors.ts';
import { decoder } from './picture-decoder.ts';
import { readPicture } from './read-picture.ts';

/** An annotation and what became of it. */
export type CroppedAnnotation =
  | { readonly annotation: Annotation; readonly cropped: Cropped }
  | { readonly annotation: Annotation; readonly fault: InputError };

/**
 * Cuts annotated objects out of their pictures, one after the other: memory holds one picture. What
 * cannot be read or cut out is handed out as a fault, and the rest is done.
 *
 * @param folder where the pictures are
 * @returns every annotation once, those of a picture behind each other
 * @throws InputError where two annotations are about the same part of a picture, and where pictures
 *   cannot be decoded at all
 * @example
 * for await (const { annotation, cropped } of croppedAnnotations(annotations, 'photos', options)) …
 */
export async function* croppedAnnotations(
  annotations: readonly Annotation[],
  folder: string,
  options: CroppingOptions,
): AsyncGenerator<CroppedAnnotation> {
  const pictures = byPicture(annotations);
  await decoder();
  for (const [name, ofPicture] of pictures) {
    const picture = await orFault(() => readPicture(isAbsolute(name) ? name : join(folder, name)));
    for (const annotation of ofPicture) {
      if (picture instanceof InputError) {
        yield { annotation, fault: at(annotation, picture) };
        continue;
      }
      const cropped = await orFault(() => croppedAnnotation(annotation, picture, options));
      yield cropped instanceof InputError
        ? { annotation, fault: cropped }
        : { annotation, cropped };
    }
  }
}

/** A picture's fault, with the annotation that needs the picture. */
const at = ({ where }: Annotation, fault: InputError): InputError =>
  new InputError(`${where}: ${fault.message}`, fault.advice, { cause: fault });

async function orFault<T>(work: () => T | Promise<T>): Promise<T | InputError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}
