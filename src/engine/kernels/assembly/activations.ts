import { Activation } from '../opcodes';
import { exponential } from './exponential';
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
