/**
 * Counter-based random numbers: the value at an index depends on the seed, the name of the stream and
 * the index alone, never on what was drawn before. Integers and exact float arithmetic only, so every
 * machine draws the same bits.
 */

const PARITY = 0x1bd11bda;

/**
 * Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011),
 * written out four by four: a large network draws millions before its first step.
 *
 * @param key two 32-bit words
 * @param counter two 32-bit words
 * @returns two unsigned 32-bit words
 * @example
 * threefry2x32([0, 0], [0, 0]); // [0x6b200159, 0x99ba4efe]
 */
export function threefry2x32(
  key: readonly [number, number],
  counter: readonly [number, number],
): [number, number] {
  // Keys in the order in which they are added: before the first round and after every fourth.
  let first = key[0];
  let second = key[1];
  let third = first ^ second ^ PARITY;
  let x = (counter[0] + first) | 0;
  let y = (counter[1] + second) | 0;
  for (let injection = 1; ; injection += 2) {
    x = (x + y) | 0;
    y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0;
    y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0;
    y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0;
    y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + second) | 0;
    y = (y + third + injection) | 0;
    if (injection === 5) return [x >>> 0, y >>> 0];
    x = (x + y) | 0;
    y = ((y << 17) | (y >>> 15)) ^ x;
    x = (x + y) | 0;
    y = ((y << 29) | (y >>> 3)) ^ x;
    x = (x + y) | 0;
    y = ((y << 16) | (y >>> 16)) ^ x;
    x = (x + y) | 0;
    y = ((y << 24) | (y >>> 8)) ^ x;
    x = (x + third) | 0;
    y = (y + first + injection + 1) | 0;
    const last = third;
    third = second;
    second = first;
    first = last;
  }
}

/** FNV-1a, 32 bits: turns the name of a stream into half of its key. */
export function streamKey(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** A stream of random numbers, indexed from 0; `next…` walks through it. */
export interface RandomStream {
  /**
   * The 32 bits at an index, a whole number in [0, 2^53): the first word of
   * `threefry2x32([seed, streamKey(name)], [index mod 2^32, floor(index / 2^32)])`.
   */
  bits(index: number): number;
  /** A number in [0, 1), exact in float32: the upper 24 of the bits at an index, times 2^-24. */
  uniform(index: number): number;
  /** The next number in [0, 1). */
  next(): number;
  /** The next number in [low, high). */
  between(low: number, high: number): number;
  /** The next whole number in [0, limit), without the bias of a remainder. */
  below(limit: number): number;
  /** The next number of the normal distribution's approximation by a sum of twelve uniforms. */
  normal(): number;
  /** The numbers 0 … count - 1 in random order (Fisher-Yates). */
  permutation(count: number): Uint32Array;
}

/**
 * A stream of random numbers for one purpose.
 *
 * @param seed any whole number in [0, 2^32)
 * @param name what the numbers are for; streams of different names are independent
 * @example
 * const order = randomStream(42, 'split').permutation(1025);
 */
export function randomStream(seed: number, name: string): RandomStream {
  const key: [number, number] = [seed >>> 0, streamKey(name)];
  let position = 0;
  const bits = (index: number): number =>
    threefry2x32(key, [index >>> 0, Math.floor(index / 2 ** 32)])[0];
  const uniform = (index: number): number => (bits(index) >>> 8) * 2 ** -24;
  const next = (): number => uniform(position++);
  const below = (limit: number): number => {
    const ceiling = 2 ** 32 - (2 ** 32 % limit);
    let value = bits(position++);
    while (value >= ceiling) value = bits(position++);
    return value % limit;
  };
  return {
    bits,
    uniform,
    next,
    between: (low, high) => low + (high - low) * next(),
    below,
    normal() {
      let sum = -6;
      for (let i = 0; i < 12; i++) sum += next();
      return sum;
    },
    permutation(count) {
      const order = Uint32Array.from({ length: count }, (_, i) => i);
      for (let i = count - 1; i > 0; i--) {
        const j = below(i + 1);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      return order;
    },
  };
}
