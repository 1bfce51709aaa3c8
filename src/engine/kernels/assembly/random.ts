const PARITY: u32 = 0x1bd11bda;

// @ts-ignore: decorator
@inline
function mix(x: u32, y: u32, rotation: u32): u32 {
  return rotl<u32>(y, rotation) ^ x;
}

/** The first word of Threefry-2x32 with 20 rounds at a counter: `bits(index)` of `random.ts` in TypeScript. */
export function threefry(key0: u32, key1: u32, index: u32): u32 {
  const key2 = key0 ^ key1 ^ PARITY;
  let x = index + key0;
  let y = key1;
  x += y; y = mix(x, y, 13);
  x += y; y = mix(x, y, 15);
  x += y; y = mix(x, y, 26);
  x += y; y = mix(x, y, 6);
  x += key1; y += key2 + 1;
  x += y; y = mix(x, y, 17);
  x += y; y = mix(x, y, 29);
  x += y; y = mix(x, y, 16);
  x += y; y = mix(x, y, 24);
  x += key2; y += key0 + 2;
  x += y; y = mix(x, y, 13);
  x += y; y = mix(x, y, 15);
  x += y; y = mix(x, y, 26);
  x += y; y = mix(x, y, 6);
  x += key0; y += key1 + 3;
  x += y; y = mix(x, y, 17);
  x += y; y = mix(x, y, 29);
  x += y; y = mix(x, y, 16);
  x += y; y = mix(x, y, 24);
  x += key1; y += key2 + 4;
  x += y; y = mix(x, y, 13);
  x += y; y = mix(x, y, 15);
  x += y; y = mix(x, y, 26);
  x += y; y = mix(x, y, 6);
  x += key2;
  return x;
}
