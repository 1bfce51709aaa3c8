import { createRequire } from 'node:module';

/** Whether the optional package that finds faces is there. */
export const hasFaceFinder = (() => {
  try {
    return createRequire(import.meta.url).resolve('@vladmandic/face-api') !== '';
  } catch {
    return false;
  }
})();

/** For the name of a test that needs it: why it is skipped. */
export const whyWithoutFinder = hasFaceFinder ? '' : ' (skipped without @vladmandic/face-api)';
