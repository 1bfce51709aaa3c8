/** Feature maps: values of shape (height, width, channels). */
export interface Maps {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: Float32Array;
}

/** Filters side by side whose sums the loop of a convolution holds in registers. */
const LANES = 4;

/** The filters of a convolution, ordered for the loop: see `packFilters`. */
export interface Filters {
  readonly kernel: number;
  /** Number of filters, filled up to a multiple of four by zeros. */
  readonly count: number;
  /** Of shape (count / 4, kernel * kernel * input channels, 4). */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/**
 * Puts the weights of four filters beside each other, which makes the convolution twice as fast.
 *
 * @param weights of shape (kernel, kernel, input channels, filters)
 * @param bias of shape (filters)
 */
export function packFilters(kernel: number, weights: Float32Array, bias: Float32Array): Filters {
  const filters = bias.length;
  const taps = weights.length / filters;
  const count = Math.ceil(filters / LANES) * LANES;
  const packed = new Float32Array(taps * count);
  for (let tap = 0; tap < taps; tap++) {
    for (let k = 0; k < filters; k++) {
      const block = Math.floor(k / LANES);
      packed[(block * taps + tap) * LANES + (k % LANES)] = weights[tap * filters + k]!;
    }
  }
  const filled = new Float32Array(count);
  filled.set(bias);
  return { kernel, count, weights: packed, bias: filled };
}

/** A convolution, stride 1, without padding. */
export function convolve(maps: Maps, { kernel, count, weights, bias }: Filters): Maps {
  const { channels, values } = maps;
  const height = maps.height - kernel + 1;
  const width = maps.width - kernel + 1;
  const out = new Float32Array(height * width * count);
  // A line of the window is contiguous in the maps, and so are its weights.
  const line = kernel * channels;
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const corner = (y * maps.width + x) * channels;
      for (let k = 0, weight = 0; k < count; k += LANES, to += LANES) {
        let sum0 = bias[k]!;
        let sum1 = bias[k + 1]!;
        let sum2 = bias[k + 2]!;
        let sum3 = bias[k + 3]!;
        for (let i = 0; i < kernel; i++) {
          const from = corner + i * maps.width * channels;
          for (let j = from; j < from + line; j++, weight += LANES) {
            const value = values[j]!;
            sum0 += value * weights[weight]!;
            sum1 += value * weights[weight + 1]!;
            sum2 += value * weights[weight + 2]!;
            sum3 += value * weights[weight + 3]!;
          }
        }
        out[to] = sum0;
        out[to + 1] = sum1;
        out[to + 2] = sum2;
        out[to + 3] = sum3;
      }
    }
  }
  return { height, width, channels: count, values: out };
}

/**
 * A convolution of each channel on its own by kernels of 3 x 3, with zeros around the maps, which
 * keep their size.
 *
 * @param filters of shape (3, 3, channels)
 */
export function convolveChannels(maps: Maps, filters: Float32Array): Maps {
  const { height, width, channels, values } = maps;
  const out = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let i = Math.max(0, 1 - y); i < Math.min(3, height + 1 - y); i++) {
      for (let x = 0; x < width; x++) {
        const to = (y * width + x) * channels;
        for (let j = Math.max(0, 1 - x); j < Math.min(3, width + 1 - x); j++) {
          const from = ((y + i - 1) * width + x + j - 1) * channels;
          const weights = (i * 3 + j) * channels;
          for (let k = 0; k < channels; k++)
            out[to + k]! += values[from + k]! * filters[weights + k]!;
        }
      }
    }
  }
  return { ...maps, values: out };
}

/** The largest value of every 2 x 2 block; what is missing at the right and lower edge does not count. */
export function maxPool({ height, width, channels, values }: Maps, stride: 1 | 2): Maps {
  const [outHeight, outWidth] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const out = new Float32Array(outHeight * outWidth * channels);
  for (let y = 0, next = 0; y < outHeight; y++) {
    const upper = y * stride * width;
    const lower = Math.min(y * stride + 1, height - 1) * width;
    for (let x = 0; x < outWidth; x++) {
      const left = x * stride;
      const right = Math.min(left + 1, width - 1);
      for (let k = 0; k < channels; k++, next++) {
        out[next] = Math.max(
          values[(upper + left) * channels + k]!,
          values[(upper + right) * channels + k]!,
          values[(lower + left) * channels + k]!,
          values[(lower + right) * channels + k]!,
        );
      }
    }
  }
  return { height: outHeight, width: outWidth, channels, values: out };
}

/** x where it is positive, 0.1 x elsewhere, in place. */
export function leakyRelu(maps: Maps): Maps {
  const { values } = maps;
  for (let i = 0; i < values.length; i++) if (values[i]! < 0) values[i]! *= 0.1;
  return maps;
}
