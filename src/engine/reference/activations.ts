import type { ActivationSpec } from '../../nn/network.ts';

/** An activation and its derivative, the latter in terms of the activation's own value. */
interface Activation {
  value(x: number): number;
  derivative(value: number): number;
}

const ACTIVATIONS: Readonly<Record<ActivationSpec['type'], Activation>> = {
  relu: { value: (x) => Math.max(0, x), derivative: (value) => (value > 0 ? 1 : 0) },
  sigmoid: { value: (x) => 1 / (1 + Math.exp(-x)), derivative: (value) => value * (1 - value) },
  tanh: { value: Math.tanh, derivative: (value) => 1 - value * value },
};

/** An activation of every value: ReLU, sigmoid or tanh. */
export const activationForward = (
  type: ActivationSpec['type'],
  input: Float64Array,
): Float64Array => input.map(ACTIVATIONS[type].value);

/** Gradient of an activation, from its output; that of ReLU is 0 at 0. */
export const activationBackward = (
  type: ActivationSpec['type'],
  output: Float64Array,
  cotangent: Float64Array,
): Float64Array =>
  cotangent.map((gradient, i) => gradient * ACTIVATIONS[type].derivative(output[i]!));
