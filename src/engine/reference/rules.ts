import { adamRate, type RuleSpec, type StepSettings } from '../../nn/rule.ts';

/**
 * One step of an update rule: changes a parameter and its states in place.
 *
 * @param states as many tensors as `stateTensors(rule)`, zero before the first step
 * @param step number of the step, from 1
 */
export function updateParameter(
  rule: RuleSpec,
  parameter: Float64Array,
  gradient: Float64Array,
  states: readonly Float64Array[],
  { learningRate, momentum }: StepSettings,
  step: number,
): void {
  const [first, second] = states as [Float64Array, Float64Array];
  const rate = rule.type === 'adam' ? adamRate(rule, learningRate, step) : learningRate;
  const { clipValue = Number.POSITIVE_INFINITY } = rule;
  for (let i = 0; i < parameter.length; i++) {
    const g = Math.max(-clipValue, Math.min(clipValue, gradient[i]!));
    switch (rule.type) {
      case 'sgd':
        parameter[i]! -= rate * g;
        break;
      case 'momentum':
        first[i] = momentum * first[i]! - rate * g;
        parameter[i]! += first[i]!;
        break;
      case 'nesterov':
        first[i] = momentum * first[i]! - rate * g;
        parameter[i]! += momentum * first[i]! - rate * g;
        break;
      case 'adagrad':
        first[i]! += g * g;
        parameter[i]! -= (rate * g) / Math.sqrt(first[i]! + rule.epsilon);
        break;
      case 'rmsprop':
        first[i] = rule.rho * first[i]! + (1 - rule.rho) * g * g;
        parameter[i]! -= (rate * g) / Math.sqrt(first[i]! + rule.epsilon);
        break;
      case 'adam':
        parameter[i]! -= learningRate * (rule.weightDecay ?? 0) * parameter[i]!;
        first[i] = rule.beta1 * first[i]! + (1 - rule.beta1) * g;
        second[i] = rule.beta2 * second[i]! + (1 - rule.beta2) * g * g;
        parameter[i]! -= (rate * first[i]!) / (Math.sqrt(second[i]!) + rule.epsilon);
        break;
    }
  }
}
