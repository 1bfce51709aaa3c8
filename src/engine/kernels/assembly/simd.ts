/** a * b + c on four floats: rounded once in the relaxed build, twice (everywhere alike) in the plain one. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The sum of four lanes, always in the same order. */
// @ts-ignore: decorator
@inline
export function sumLanes(a: v128): f32 {
  return (
    f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) +
    (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3))
  );
}

/** Four vectors of four lanes become one vector of their sums. */
// @ts-ignore: decorator
@inline
export function sumLanesOfFour(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(
    v128.shuffle<f32>(a, b, 0, 4, 2, 6),
    v128.shuffle<f32>(a, b, 1, 5, 3, 7),
  ); // a01 b01 a23 b23
  const cd = f32x4.add(
    v128.shuffle<f32>(c, d, 0, 4, 2, 6),
    v128.shuffle<f32>(c, d, 1, 5, 3, 7),
  );
  return f32x4.add(
    v128.shuffle<f32>(ab, cd, 0, 1, 4, 5),
    v128.shuffle<f32>(ab, cd, 2, 3, 6, 7),
  );
}

// @ts-ignore: decorator
@inline
export function roundUpTo4(count: i32): i32 {
  return (count + 3) & -4;
}
