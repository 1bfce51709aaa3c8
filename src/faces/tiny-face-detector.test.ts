import { expect, test } from 'vitest';
import { refusal } from '../../test/refusal.ts';
import { decodeDetector, detect } from './tiny-face-detector.ts';

/** Channels from layer to layer. */
const CHANNELS = [3, 16, 32, 64, 128, 256, 512, 25] as const;

/** A detector whose weights are all zero, so that each cell answers with the last layer's bias. */
function weightsFile(bias: readonly number[]): { manifest: string; bytes: Uint8Array } {
  const zero = { dtype: 'uint8', scale: 0, min: 0 };
  const tensor = (name: string, shape: number[], quantization = zero) => ({
    name,
    shape,
    quantization,
  });
  const layers = CHANNELS.slice(1, 6).flatMap((channels, i) => [
    tensor(`conv${i + 1}/depthwise_filter`, [3, 3, channels, 1]),
    tensor(`conv${i + 1}/pointwise_filter`, [1, 1, channels, CHANNELS[i + 2]!]),
    tensor(`conv${i + 1}/bias`, [CHANNELS[i + 2]!]),
  ]);
  const weights = [
    tensor('conv0/filters', [3, 3, 3, 16]),
    tensor('conv0/bias', [16]),
    ...layers,
    tensor('conv8/filters', [1, 1, 512, 25]),
    tensor('conv8/bias', [25], { dtype: 'uint8', scale: 0.5, min: -20 }),
  ];
  const sizes = weights.map(({ shape }) => shape.reduce((a, b) => a * b));
  const bytes = new Uint8Array(sizes.reduce((a, b) => a + b));
  bytes.set(
    bias.map((value) => (value + 20) / 0.5),
    bytes.length - 25,
  );
  return { manifest: JSON.stringify([{ weights, paths: [] }]), bytes };
}

test('a cell answers with boxes about its place, in shares of the side', () => {
  const bias = new Array(25).fill(0);
  for (const box of [0, 1, 2, 3, 4]) bias[5 * box + 4] = -20;
  // The third box: half a cell in from the left, all of a cell down, wider by e; a score of 1/2.
  bias.splice(10, 5, 0, 20, 1, 0, 0);
  const { manifest, bytes } = weightsFile(bias);
  const found = detect(decodeDetector(manifest, bytes), new Uint8Array(3 * 64 * 64), 64, 0.4);
  expect(found).toHaveLength(4);
  found.forEach(({ x, y, width, height, score }, cell) => {
    expect(width).toBeCloseTo((2.882459 * Math.E) / 2, 5);
    expect(height).toBeCloseTo(3.518061 / 2, 5);
    expect(x + width / 2).toBeCloseTo(((cell % 2) + 0.5) / 2, 5);
    expect(y + height / 2).toBeCloseTo((Math.floor(cell / 2) + 1) / 2, 5);
    expect(score).toBe(0.5);
  });
});

test('weights that are cut short, or not these, are refused', () => {
  const { manifest, bytes } = weightsFile(new Array(25).fill(0));
  const message = /^the face finder's weights are not as expected/;
  expect(() => decodeDetector(manifest, bytes.subarray(1))).toThrow(refusal(message));
  expect(() => decodeDetector('[{"weights":[]}]', new Uint8Array())).toThrow(refusal(message));
});
