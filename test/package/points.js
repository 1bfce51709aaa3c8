import { decodeModel, predictKeypoints } from 'fiducial';

const images = Uint8Array.from({ length: 24 * 24 }, (_, i) => (i * i) % 251);

/**
 * What a model finds, as JSON, with the build whose bits are the same everywhere.
 *
 * @param {Uint8Array} bytes of the model's file
 */
export async function points(bytes) {
  const found = await predictKeypoints(decodeModel(bytes, 'model'), images, { build: 'plain' });
  return JSON.stringify([...found]);
}
