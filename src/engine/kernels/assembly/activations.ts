import { Activation } from '../opcodes';
import { multiplyAdd } from './simd';
import { MapLayout, Step } from './step';
import { claim } from './team';

@unmanaged
export class ActivationArguments {
  /** The same as `output` where it may be overwritten; likewise the gradients. */
  input: MapLayout;
  output: MapLayout;
  inputGradient: MapLayout;
  outputGradient: MapLayout;
  kind: i32;
  /** Of a leaky ReLU. */
  slope: f32;
}

export function activationForward(a: ActivationArguments, step: Step): void {
  const bytes = <usize>(a.output.width * a.output.channels) << 2;
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    for (let y = 0; y < a.output.height; y++) {
      const source = a.input.row(image, y);
      const target = a.output.row(image, y);
      let i: usize = 0;
      for (; i + 16 <= bytes; i += 16) v128.store(target + i, activate(a, v128.load(source + i)));
      for (; i < bytes; i += 4) v128.store32_lane(target + i, activate(a, v128.load32_splat(source + i)), 0);
    }
  }
}

export function activationBackward(a: ActivationArguments, step: Step): void {
  const bytes = <usize>(a.output.width * a.output.channels) << 2;
  // The derivative follows from the activation's own value, but for SiLU.
  const values = a.kind == Activation.Silu ? a.input : a.output;
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    for (let y = 0; y < a.output.height; y++) {
      const value = values.row(image, y);
      const source = a.outputGradient.row(image, y);
      const target = a.inputGradient.row(image, y);
      let i: usize = 0;
      for (; i + 16 <= bytes; i += 16) {
        v128.store(target + i, f32x4.mul(v128.load(source + i), derivative(a, v128.load(value + i))));
      }
      for (; i < bytes; i += 4) {
        const slope = derivative(a, v128.load32_splat(value + i));
        v128.store32_lane(target + i, f32x4.mul(v128.load32_splat(source + i), slope), 0);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function activate(a: ActivationArguments, x: v128): v128 {
  if (a.kind == Activation.Relu) return f32x4.pmax(x, f32x4.splat(0));
  if (a.kind == Activation.LeakyRelu) return f32x4.pmax(x, f32x4.mul(x, f32x4.splat(a.slope)));
  if (a.kind == Activation.Silu) return f32x4.mul(x, logistic(x));
  let y = f32x4.splat(activateOne(a.kind, f32x4.extract_lane(x, 0)));
  y = f32x4.replace_lane(y, 1, activateOne(a.kind, f32x4.extract_lane(x, 1)));
  y = f32x4.replace_lane(y, 2, activateOne(a.kind, f32x4.extract_lane(x, 2)));
  return f32x4.replace_lane(y, 3, activateOne(a.kind, f32x4.extract_lane(x, 3)));
}

function activateOne(kind: i32, x: f32): f32 {
  // Math is compiled into the module here, so its bits are the same everywhere.
  if (kind == Activation.Sigmoid) return 1 / (1 + <f32>Math.exp(-(<f64>x)));
  return <f32>Math.tanh(<f64>x);
}

/** At the activation's own value y, of SiLU at the value x that it took. */
// @ts-ignore: decorator
@inline
function derivative(a: ActivationArguments, y: v128): v128 {
  const one = f32x4.splat(1);
  if (a.kind == Activation.Relu) return v128.and(f32x4.gt(y, f32x4.splat(0)), one);
  if (a.kind == Activation.LeakyRelu) return v128.bitselect(one, f32x4.splat(a.slope), f32x4.gt(y, f32x4.splat(0)));
  if (a.kind == Activation.Sigmoid) return f32x4.mul(y, f32x4.sub(one, y));
  if (a.kind == Activation.Tanh) return f32x4.sub(one, f32x4.mul(y, y));
  const s = logistic(y);
  return f32x4.mul(s, multiplyAdd(y, f32x4.sub(one, s), one));
}

/** 1 / (1 + exp(-x)). */
// @ts-ignore: decorator
@inline
function logistic(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
}

/**
 * exp(x) to within some 2^-23 of it, x in [-87, 88]: 2^n times a polynomial of what is left of x (the one
 * of Moshier's Cephes library).
 */
// @ts-ignore: decorator
@inline
function exponential(x: v128): v128 {
  const inside = f32x4.min(f32x4.max(x, f32x4.splat(-87)), f32x4.splat(88));
  const n = f32x4.nearest(f32x4.mul(inside, f32x4.splat(1.44269504)));
  // n ln 2 in two parts, of which the first times n is exact.
  let r = multiplyAdd(n, f32x4.splat(-0.693359375), inside);
  r = multiplyAdd(n, f32x4.splat(2.12194440e-4), r);
  let p = multiplyAdd(f32x4.splat(1.9875691500e-4), r, f32x4.splat(1.3981999507e-3));
  p = multiplyAdd(p, r, f32x4.splat(8.3334519073e-3));
  p = multiplyAdd(p, r, f32x4.splat(4.1665795894e-2));
  p = multiplyAdd(p, r, f32x4.splat(1.6666665459e-1));
  p = multiplyAdd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(multiplyAdd(f32x4.mul(p, r), r, r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}
