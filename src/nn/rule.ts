import { power } from './arithmetic.ts';
import type { ParameterInfo } from './network.ts';

/** What every rule takes. */
export interface RuleOptions {
  /**
   * No gradient of a parameter counts for more than this, either way: a batch that lies far off cannot
   * throw the weights away. Default: as it is. (A limit on the norm of all gradients together would have
   * to wait for the last of them, while here each moves its weights as soon as it is known.)
   */
  readonly clipValue?: number;
}
/** Plain gradient descent: p -= learningRate * g. */
export interface SgdSpec extends RuleOptions {
  readonly type: 'sgd';
}
/** Classical momentum: v = momentum * v - learningRate * g; p += v. */
export interface MomentumSpec extends RuleOptions {
  readonly type: 'momentum';
}
/** Nesterov's momentum: v = momentum * v - learningRate * g; p += momentum * v - learningRate * g. */
export interface NesterovSpec extends RuleOptions {
  readonly type: 'nesterov';
}
/** Adagrad (Duchi et al., 2011): a += g^2; p -= learningRate * g / sqrt(a + epsilon). */
export interface AdagradSpec extends RuleOptions {
  readonly type: 'adagrad';
  readonly epsilon: number;
}
/** RMSprop: a = rho * a + (1 - rho) * g^2; p -= learningRate * g / sqrt(a + epsilon). */
export interface RmspropSpec extends RuleOptions {
  readonly type: 'rmsprop';
  readonly rho: number;
  readonly epsilon: number;
}
/**
 * Adam (Kingma and Ba, 2014): m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g^2;
 * p -= adamRate * m / (sqrt(v) + epsilon).
 *
 * With `weightDecay` it is AdamW (Loshchilov and Hutter, 2017): before that, the weights of convolutions
 * and dense layers lose a share, p -= learningRate * weightDecay * p.
 */
export interface AdamSpec extends RuleOptions {
  readonly type: 'adam';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Default 0. Biases and what batch normalisation learns do not decay (`decays`). */
  readonly weightDecay?: number;
}
/**
 * An update rule as plain data: how a gradient g changes a parameter p. The rules are written as
 * Lasagne's `updates.py` writes them, with its defaults; v, a and m start at zero.
 */
export type RuleSpec = SgdSpec | MomentumSpec | NesterovSpec | AdagradSpec | RmspropSpec | AdamSpec;

/** What may change from step to step. */
export interface StepSettings {
  readonly learningRate: number;
  /** Share of the velocity that is kept, in [0, 1); used by `momentum` and `nesterov` alone. */
  readonly momentum: number;
}

/**
 * Plain stochastic gradient descent.
 *
 * @param options `clipValue`: limit of each gradient, default none
 * @example
 * const recipe = { ...recipes.net1, rule: sgd({ clipValue: 0.1 }) };
 */
export const sgd = (options: RuleOptions = {}): SgdSpec => ({ type: 'sgd', ...options });
/**
 * Gradient descent with classical momentum.
 *
 * @param options `clipValue`: limit of each gradient, default none
 * @example
 * const recipe = { ...recipes.net1, rule: momentum() };
 */
export const momentum = (options: RuleOptions = {}): MomentumSpec => ({
  type: 'momentum',
  ...options,
});
/**
 * Gradient descent with Nesterov's momentum.
 *
 * @param options `clipValue`: limit of each gradient, default none
 * @example
 * const recipe = { ...recipes.net1, rule: nesterov({ clipValue: 0.1 }) };
 */
export const nesterov = (options: RuleOptions = {}): NesterovSpec => ({
  type: 'nesterov',
  ...options,
});
/**
 * Adagrad: each parameter's steps become shorter with all gradients it has had.
 *
 * @param options `epsilon` beside the sum of squares, default 1e-6; `clipValue`: limit of each gradient,
 *   default none
 * @example
 * const recipe = { ...recipes.net1, rule: adagrad() };
 */
export const adagrad = (options: Partial<Omit<AdagradSpec, 'type'>> = {}): AdagradSpec => ({
  type: 'adagrad',
  epsilon: 1e-6,
  ...options,
});
/**
 * RMSprop: steps are divided by the root of a running mean of squared gradients.
 *
 * @param options `rho`: share of the mean that is kept, default 0.9; `epsilon` beside it, default
 *   1e-6; `clipValue`: limit of each gradient, default none
 * @example
 * const recipe = { ...recipes.net1, rule: rmsprop({ rho: 0.95 }), learningRate: 0.001 };
 */
export const rmsprop = (options: Partial<Omit<RmspropSpec, 'type'>> = {}): RmspropSpec => ({
  type: 'rmsprop',
  rho: 0.9,
  epsilon: 1e-6,
  ...options,
});
/**
 * Adam: running means of gradients and of their squares, corrected for their start at zero.
 *
 * @param options `beta1` and `beta2`: shares of the two means that are kept, default 0.9 and 0.999;
 *   `epsilon` beside the root, default 1e-8; `weightDecay`: share of the weights of convolutions and
 *   dense layers that a step at a learning rate of 1 would take off, whatever the gradient (AdamW),
 *   default 0; biases and batch normalisations are left alone; `clipValue`: limit of each gradient,
 *   default none
 * @example
 * adam({ weightDecay: 0.01 });
 */
export const adam = (options: Partial<Omit<AdamSpec, 'type'>> = {}): AdamSpec => ({
  type: 'adam',
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  ...options,
});

const STATES: Readonly<Record<RuleSpec['type'], number>> = {
  sgd: 0,
  momentum: 1,
  nesterov: 1,
  adagrad: 1,
  rmsprop: 1,
  adam: 2,
};

/** Number of tensors in a parameter's shape that a rule keeps for it: 2 for Adam (m, then v). */
export const stateTensors = (rule: RuleSpec): number => STATES[rule.type];

/**
 * Whether a rule's `weightDecay` acts on a parameter: on the matrices of convolutions and dense layers.
 * A bias, or the factor of a batch normalisation, says where and how wide a channel's values are; nothing
 * is gained by drawing it to zero.
 */
export const decays = ({ shape }: ParameterInfo): boolean => shape.length > 1;

/**
 * Adam's learning rate at a step, corrected for moments that start at zero:
 * learningRate * sqrt(1 - beta2^step) / (1 - beta1^step).
 *
 * @param step number of the step, from 1
 */
export const adamRate = (rule: AdamSpec, learningRate: number, step: number): number =>
  (learningRate * Math.sqrt(1 - power(rule.beta2, step))) / (1 - power(rule.beta1, step));
