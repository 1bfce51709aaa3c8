import { load } from 'fiducial';

const [width, height] = [60, 40];
const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => (i * i) % 251);
const picture = globalThis.ImageData ? new ImageData(data, width, height) : { width, height, data };
const box = { x: 10, y: 5, width: 30, height: 25 };

/**
 * What a model finds in a picture, as JSON.
 *
 * @param {Uint8Array | ArrayBuffer} bytes of the model's file
 */
export async function points(bytes) {
  const detector = await load(bytes, { build: 'plain', flip: true });
  const found = await detector.predict(picture, { box, refine: 1 });
  await detector.close();
  return JSON.stringify(found);
}
