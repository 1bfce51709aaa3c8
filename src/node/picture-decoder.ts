import { optionalPackage } from './optional-package.ts';

/**
 * The optional package that decodes pictures.
 *
 * It stands in a file of its own, so that no declaration of `fiducial/node` shows its types to somebody
 * who has not installed it.
 *
 * @throws InputError where it is absent, which is worth a look before a thousand pictures are read
 */
export const decoder = async () =>
  (await optionalPackage('sharp', 'Photographs', () => import('sharp'))).default;
