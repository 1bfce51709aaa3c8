import { RowTransform } from './transform';

/**
 * What each byte of a picture becomes, of white = 255: first contrast about the picture's own mean, then
 * brightness up to white, then gamma.
 */
export function tabulateTones(tones: usize, source: usize, values: i32, t: RowTransform): void {
  const middle = t.contrast == 1 ? 0 : meanByte(source, values);
  for (let byte = 0; byte < 256; byte++) {
    const linear = t.brightness * (middle + t.contrast * (<f64>byte - middle));
    let tone = min(max(linear, 0), 255);
    // A power by the functions that the losses need anyway: `Math.pow` would bring tables of 4 KB.
    if (t.gamma != 1) tone = 255 * Math.exp(t.gamma * Math.log(tone / 255));
    store<f32>(tones + (<usize>byte << 2), <f32>tone);
  }
}

/** The mean of all channels of a picture: a sum of whole numbers, exact in any order. */
function meanByte(source: usize, values: i32): f64 {
  let sum: u32 = 0;
  for (let i: usize = 0; i < <usize>values; i++) sum += load<u8>(source + i);
  return <f64>sum / <f64>values;
}
