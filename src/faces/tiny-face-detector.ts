import { InputError } from '../errors.ts';
import {
  convolve,
  convolveChannels,
  type Filters,
  leakyRelu,
  type Maps,
  maxPool,
  packFilters,
} from './layers.ts';

/**
 * The Tiny Face Detector of face-api.js, with its weights: a Tiny YOLO v2 (Redmon and Farhadi,
 * "YOLO9000", 2016) of separable convolutions. Each cell of 32 x 32 pixels answers for five boxes.
 */
export interface TinyFaceDetector {
  readonly first: Filters;
  readonly separable: readonly { readonly channels: Float32Array; readonly mix: Filters }[];
  readonly last: Filters;
}

/** A box where a face may be, in shares of the picture's side. */
export interface Candidate {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** From 0 to 1. */
  readonly score: number;
}

/** What it was trained to have subtracted from red, green and blue. */
const MEANS = [117.001, 114.697, 97.404] as const;
/** Width and height, in cells, of a face for which a cell's box of that number is made. */
const ANCHORS = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
] as const;
/** Numbers that a cell gives for a box: its centre, its size, its score. */
const NUMBERS = 5;
const SEPARABLE = ['conv1', 'conv2', 'conv3', 'conv4', 'conv5'] as const;

/**
 * Reads the weights as face-api.js ships them: a manifest in JSON and bytes, each of which stands for
 * `byte * scale + min`.
 *
 * @throws InputError where a tensor is missing or the bytes end too early
 */
export function decodeDetector(manifest: string, bytes: Uint8Array): TinyFaceDetector {
  const tensors = new Map<string, Float32Array>();
  let next = 0;
  for (const { name, shape, quantization } of JSON.parse(manifest)[0].weights) {
    const size = shape.reduce((product: number, length: number) => product * length, 1);
    const { scale, min } = quantization;
    tensors.set(
      name,
      Float32Array.from(bytes.subarray(next, next + size), (byte) => byte * scale + min),
    );
    next += size;
  }
  const tensor = (name: string): Float32Array => {
    const values = tensors.get(name);
    if (values && next === bytes.length) return values;
    throw new InputError(
      `the face finder's weights are not as expected (${name})`,
      'Install the package that holds them again.',
    );
  };
  const filters = (kernel: number, layer: string, weights: string): Filters =>
    packFilters(kernel, tensor(`${layer}/${weights}`), tensor(`${layer}/bias`));
  return {
    first: filters(3, 'conv0', 'filters'),
    separable: SEPARABLE.map((layer) => ({
      channels: tensor(`${layer}/depthwise_filter`),
      mix: filters(1, layer, 'pointwise_filter'),
    })),
    last: filters(1, 'conv8', 'filters'),
  };
}

/**
 * The boxes in a square picture that score high enough, as they come; many lie on one face.
 *
 * @param planes bytes of shape (3, side, side): red, green, blue
 * @param side in pixels, a multiple of 32
 * @param least the lowest score of a box that is given
 */
export function detect(
  detector: TinyFaceDetector,
  planes: Uint8Array,
  side: number,
  least: number,
): Candidate[] {
  const { width: cells, channels, values } = forward(detector, planes, side);
  const found: Candidate[] = [];
  for (let cell = 0; cell < cells * cells; cell++) {
    ANCHORS.forEach((anchor, number) => {
      const at = cell * channels + number * NUMBERS;
      const score = sigmoid(values[at + 4]!);
      if (score < least) return;
      const width = (anchor[0] * Math.exp(values[at + 2]!)) / cells;
      const height = (anchor[1] * Math.exp(values[at + 3]!)) / cells;
      const x = ((cell % cells) + sigmoid(values[at]!)) / cells - width / 2;
      const y = (Math.floor(cell / cells) + sigmoid(values[at + 1]!)) / cells - height / 2;
      found.push({ x, y, width, height, score });
    });
  }
  return found;
}

function forward(
  { first, separable, last }: TinyFaceDetector,
  planes: Uint8Array,
  side: number,
): Maps {
  const pixels = side * side;
  const values = new Float32Array(3 * pixels);
  MEANS.forEach((mean, channel) => {
    for (let i = 0; i < pixels; i++) {
      values[3 * i + channel] = (planes[channel * pixels + i]! - mean) / 255;
    }
  });
  let maps = leakyRelu(convolve({ height: side, width: side, channels: 3, values }, first));
  for (const { channels, mix } of separable) {
    maps = leakyRelu(convolve(convolveChannels(maxPool(maps, 2), channels), mix));
  }
  return convolve(maxPool(maps, 1), last);
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
