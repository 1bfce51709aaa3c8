import { Rule } from '../opcodes';
import { Step } from './step';
import { claim } from './team';

@unmanaged
export class RuleArguments {
  kind: i32;
  /** Factor on the learning rate. */
  rate: f32;
  /** The same for the share that AdamW takes off; 0 where it takes nothing. */
  decayRate: f32;
  /** rho of RMSprop, beta1 of Adam. */
  decay1: f32;
  /** beta2 of Adam. */
  decay2: f32;
  epsilon: f32;
  /** What no gradient goes beyond. */
  clipValue: f32;
  /** Whether the parameters have an average. */
  averages: i32;
}

@unmanaged
export class UpdateArguments {
  parameters: usize;
  gradient: usize;
  state1: usize;
  state2: usize;
  /** Running average of the parameters, or 0. */
  average: usize;
  /** A multiple of four. */
  count: i32;
  rule: RuleArguments;
}

@unmanaged
export class AverageArguments {
  parameters: usize;
  average: usize;
  /** A multiple of four. */
  count: i32;
}

/** Floats of one item of work. */
const PORTION: i32 = 4096;

/** Moves parameters whose gradient stands in memory. */
export function update(a: UpdateArguments, step: Step): void {
  const items = (a.count + PORTION - 1) / PORTION;
  for (let item = claim(items); item >= 0; item = claim(items)) {
    const start = item * PORTION;
    const offset = <usize>start << 2;
    updateRun(
      a.rule, step, a.parameters + offset, a.gradient + offset,
      a.state1 + offset, a.state2 + offset, a.average + offset, min(PORTION, a.count - start),
    );
  }
}

/** Takes parameters that move without a rule into their average. */
export function average(a: AverageArguments, step: Step): void {
  if (claim(1) == 0) averageRun(step, a.parameters, a.average, a.count);
}

/**
 * One step of the rule on `count` parameters, a multiple of four, which then enter their average, while
 * they are at hand. The formulas are those of `nn/rule.ts`.
 */
export function updateRun(
  rule: RuleArguments, step: Step, p: usize, g: usize, s: usize, t: usize, mean: usize, count: i32,
): void {
  moveRun(rule, step, p, g, s, t, count);
  if (rule.averages) averageRun(step, p, mean, count);
}

/** mean += share * (p - mean). */
function averageRun(step: Step, p: usize, mean: usize, count: i32): void {
  const share = f32x4.splat(step.averageShare);
  const end = p + (<usize>count << 2);
  for (; p < end; p += 16, mean += 16) {
    const before = v128.load(mean);
    v128.store(mean, f32x4.add(before, f32x4.mul(share, f32x4.sub(v128.load(p), before))));
  }
}

// @ts-ignore: decorator
@inline
function clipped(gradient: usize, low: v128, high: v128): v128 {
  return f32x4.max(f32x4.min(v128.load(gradient), high), low);
}

function moveRun(
  rule: RuleArguments, step: Step, p: usize, g: usize, s: usize, t: usize, count: i32,
): void {
  const rate = f32x4.splat(rule.rate * step.learningRate);
  const momentum = f32x4.splat(step.momentum);
  const high = f32x4.splat(rule.clipValue);
  const low = f32x4.neg(high);
  const end = p + (<usize>count << 2);
  switch (rule.kind) {
    case Rule.Sgd: {
      for (; p < end; p += 16, g += 16) {
        v128.store(p, f32x4.sub(v128.load(p), f32x4.mul(rate, clipped(g, low, high))));
      }
      break;
    }
    case Rule.Momentum: {
      for (; p < end; p += 16, g += 16, s += 16) {
        const v = f32x4.sub(f32x4.mul(momentum, v128.load(s)), f32x4.mul(rate, clipped(g, low, high)));
        v128.store(s, v);
        v128.store(p, f32x4.add(v128.load(p), v));
      }
      break;
    }
    case Rule.Nesterov: {
      for (; p < end; p += 16, g += 16, s += 16) {
        const move = f32x4.mul(rate, clipped(g, low, high));
        const v = f32x4.sub(f32x4.mul(momentum, v128.load(s)), move);
        v128.store(s, v);
        v128.store(p, f32x4.add(v128.load(p), f32x4.sub(f32x4.mul(momentum, v), move)));
      }
      break;
    }
    case Rule.Adagrad: {
      const epsilon = f32x4.splat(rule.epsilon);
      for (; p < end; p += 16, g += 16, s += 16) {
        const d = clipped(g, low, high);
        const sum = f32x4.add(v128.load(s), f32x4.mul(d, d));
        v128.store(s, sum);
        const move = f32x4.div(f32x4.mul(rate, d), f32x4.sqrt(f32x4.add(sum, epsilon)));
        v128.store(p, f32x4.sub(v128.load(p), move));
      }
      break;
    }
    case Rule.Rmsprop: {
      const epsilon = f32x4.splat(rule.epsilon);
      const keep = f32x4.splat(rule.decay1);
      const add = f32x4.splat(1 - rule.decay1);
      for (; p < end; p += 16, g += 16, s += 16) {
        const d = clipped(g, low, high);
        const mean = f32x4.add(f32x4.mul(keep, v128.load(s)), f32x4.mul(add, f32x4.mul(d, d)));
        v128.store(s, mean);
        const move = f32x4.div(f32x4.mul(rate, d), f32x4.sqrt(f32x4.add(mean, epsilon)));
        v128.store(p, f32x4.sub(v128.load(p), move));
      }
      break;
    }
    case Rule.Adam: {
      const epsilon = f32x4.splat(rule.epsilon);
      const keep1 = f32x4.splat(rule.decay1);
      const add1 = f32x4.splat(1 - rule.decay1);
      const keep2 = f32x4.splat(rule.decay2);
      const add2 = f32x4.splat(1 - rule.decay2);
      const rest = f32x4.splat(1 - rule.decayRate * step.decay);
      for (; p < end; p += 16, g += 16, s += 16, t += 16) {
        const d = clipped(g, low, high);
        const m = f32x4.add(f32x4.mul(keep1, v128.load(s)), f32x4.mul(add1, d));
        const v = f32x4.add(f32x4.mul(keep2, v128.load(t)), f32x4.mul(add2, f32x4.mul(d, d)));
        v128.store(s, m);
        v128.store(t, v);
        const move = f32x4.div(f32x4.mul(rate, m), f32x4.add(f32x4.sqrt(v), epsilon));
        v128.store(p, f32x4.sub(f32x4.mul(v128.load(p), rest), move));
      }
      break;
    }
    default:
      unreachable();
  }
}
