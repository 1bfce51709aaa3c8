import type { ActivationSpec, LeakyReluSpec } from '../../nn/layers.ts';

type Spec = ActivationSpec | LeakyReluSpec;

/** An activation and its derivative. */
interface Activation {
  value(x: number): number;
  derivative(x: number): number;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function activationOf(spec: Spec): Activation {
  switch (spec.type) {
    case 'relu':
      return { value: (x) => Math.max(0, x), derivative: (x) => (x > 0 ? 1 : 0) };
    case 'leakyRelu':
      return {
        value: (x) => (x > 0 ? x : spec.slope * x),
        derivative: (x) => (x > 0 ? 1 : spec.slope),
      };
    case 'sigmoid':
      return { value: sigmoid, derivative: (x) => sigmoid(x) * (1 - sigmoid(x)) };
    case 'tanh':
      return { value: Math.tanh, derivative: (x) => 1 - Math.tanh(x) ** 2 };
    case 'silu':
      return {
        value: (x) => x * sigmoid(x),
        derivative: (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
      };
  }
}

/** An activation of every value. */
export const activationForward = (spec: Spec, input: Float64Array): Float64Array =>
  input.map(activationOf(spec).value);

/** Gradient of an activation; that of ReLU is 0 at 0, that of leaky ReLU its slope. */
export function activationBackward(
  spec: Spec,
  input: Float64Array,
  cotangent: Float64Array,
): Float64Array {
  const { derivative } = activationOf(spec);
  return cotangent.map((gradient, i) => gradient * derivative(input[i]!));
}
