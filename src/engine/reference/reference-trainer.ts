import { type LearningByLayer, learns } from '../../nn/learning.ts';
import type { LossSpec } from '../../nn/loss.ts';
import { flatLayers } from '../../nn/network.ts';
import { decays, type RuleSpec, type StepSettings, stateTensors } from '../../nn/rule.ts';
import { lossAndGradient } from './losses.ts';
import type { ReferenceNetwork } from './reference-network.ts';
import { updateParameter } from './rules.ts';

/** What a network gives for a batch while it is trained. */
export interface Evaluation {
  readonly prediction: Float64Array;
  readonly loss: number;
  /** By name, in the shapes of the parameters. */
  readonly gradients: ReadonlyMap<string, Float64Array>;
}

/**
 * Trains a reference network step by step.
 *
 * @example
 * const trainer = new ReferenceTrainer(net, meanSquaredError(), nesterov(), 42);
 * const loss = trainer.step(input, target, rows, { learningRate: 0.01, momentum: 0.9 });
 */
export class ReferenceTrainer {
  readonly #net: ReferenceNetwork;
  readonly #loss: LossSpec;
  readonly #rule: RuleSpec;
  readonly #seed: number;
  readonly #learning: LearningByLayer;
  readonly #states: ReadonlyMap<string, readonly Float64Array[]>;
  #steps = 0;

  /**
   * @param net the network, whose parameters every step changes
   * @param seed decides what dropout drops
   * @param learning layers that are frozen or learn at another rate
   */
  constructor(
    net: ReferenceNetwork,
    loss: LossSpec,
    rule: RuleSpec,
    seed = 0,
    learning: LearningByLayer = new Map(),
  ) {
    this.#net = net;
    this.#loss = loss;
    this.#rule = rule;
    this.#seed = seed;
    this.#learning = learning;
    this.#states = new Map(
      [...net.parameters].map(([name, { length }]) => [
        name,
        Array.from({ length: stateTensors(rule) }, () => new Float64Array(length)),
      ]),
    );
  }

  /**
   * Output, loss and gradients of the coming step, before its update.
   *
   * @param input (rows, …input shape of the network)
   * @param target as `LossSpec` says
   */
  evaluate(input: Float64Array, target: ArrayLike<number>, rows: number): Evaluation {
    const prediction = this.#net.forward(input, rows, {
      seed: this.#seed,
      step: this.#steps,
      learning: this.#learning,
    });
    const { loss, gradient } = lossAndGradient(this.#loss, prediction, target, rows);
    return { prediction, loss, gradients: this.#net.backward(gradient).parameters };
  }

  /** Changes the parameters that learn by their gradients, which ends a step. */
  update(gradients: ReadonlyMap<string, Float64Array>, settings: StepSettings): void {
    this.#steps++;
    for (const layer of flatLayers(this.#net.layers)) {
      if (!learns(layer, this.#learning)) continue;
      const rate = this.#learning.get(layer.name)?.rate ?? 1;
      const own = { ...settings, learningRate: rate * settings.learningRate };
      for (const info of layer.parameters) {
        const gradient = gradients.get(info.name);
        // What batch normalisation keeps of its batches has none.
        if (!gradient) continue;
        const rule = decays(info) ? this.#rule : { ...this.#rule, weightDecay: 0 };
        const parameter = this.#net.parameters.get(info.name)!;
        const states = this.#states.get(info.name)!;
        updateParameter(rule, parameter, gradient, states, own, this.#steps);
      }
    }
  }

  /** One step of training on one batch: `evaluate`, then `update`. Returns the loss before the update. */
  step(
    input: Float64Array,
    target: ArrayLike<number>,
    rows: number,
    settings: StepSettings,
  ): number {
    const { loss, gradients } = this.evaluate(input, target, rows);
    this.update(gradients, settings);
    return loss;
  }
}
