import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fill, relativeDifference } from '../../../test/golden.ts';
import { initialise } from '../../nn/initialise.ts';
import { dense, relu } from '../../nn/layers.ts';
import { meanSquaredError } from '../../nn/loss.ts';
import { type NetworkSpec, network } from '../../nn/network.ts';
import { nesterov } from '../../nn/rule.ts';
import { CompiledNetwork } from '../compiled-network.ts';
import { Engine } from '../engine.ts';
import { ReferenceNetwork } from '../reference/reference-network.ts';

const OUTPUTS = 5;

interface Task {
  readonly inputs: number;
  readonly units: number;
  readonly rows: number;
}

/** What one step leaves behind, with inputs and targets that follow from the task. */
async function step(engine: Engine, net: NetworkSpec, rows: number, keepGradients: boolean) {
  const compiled = await CompiledNetwork.create(engine, net, {
    ...{ batch: rows, loss: meanSquaredError(), rule: nesterov(), seed: 7, keepGradients },
  });
  const parameters = initialise(net, { seed: 5 });
  await compiled.setParameters(parameters);
  const inputs = Float32Array.from(fill(rows * net.input[0]!, [1, 0.3]));
  const data = await compiled.load(inputs, Float32Array.from(fill(rows * OUTPUTS, [1, 0.9])));
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  const alone = await compiled.predict(data, order.subarray(rows - 1));
  const output = await compiled.predict(data, order);
  await compiled.train(data, [{ order, learningRate: 0.01, momentum: 0.9 }]);
  return { compiled, parameters, inputs, output, alone };
}

const netOf = ({ inputs, units }: Task): NetworkSpec =>
  network([inputs], [dense(units), relu(), dense(OUTPUTS)]);

// Some with several strips, chunks of places, depths of the way forward.
const tasks = fc.oneof(
  ...[
    [1100, 20, 9],
    [60, 320, 9],
    [60, 20, 320],
    [9, 9, 1],
  ].map(([inputs, units, rows]) =>
    fc.record({
      inputs: fc.integer({ min: 1, max: inputs! }),
      units: fc.integer({ min: 1, max: units! }),
      rows: fc.integer({ min: 1, max: rows! }),
    }),
  ),
);

describe.each(['plain', 'relaxed'] as const)('%s build: dense layers of any size', (build) => {
  let engines: readonly [Engine, Engine];
  beforeAll(async () => {
    engines = [
      await Engine.start({ build, threads: 1 }),
      await Engine.start({ build, threads: 3 }),
    ];
  });
  afterAll(() => Promise.all(engines.map((engine) => engine.close())));

  const forEachTask = async (check: (task: Task) => Promise<void>): Promise<void> => {
    const starts = engines.map(({ nextAddress }) => nextAddress);
    const property = fc.asyncProperty(tasks, async (task) => {
      engines.forEach((engine, i) => {
        engine.release(starts[i]!);
      });
      await check(task);
    });
    await fc.assert(property, { numRuns: 40, seed: 1 });
  };

  test('the output and every gradient of the reference', () =>
    forEachTask(async (task) => {
      const { rows } = task;
      const net = netOf(task);
      const { compiled, parameters, inputs, output } = await step(engines[1], net, rows, true);
      const reference = new ReferenceNetwork(net, parameters);
      const expected = reference.forward(Float64Array.from(inputs), rows, { seed: 7, step: 0 });
      expect(relativeDifference(output, expected)).toBeLessThan(1e-5);
      const { plan } = compiled;
      const outputGradient = await compiled.readMaps(plan.outputGradient, rows);
      const gradients = reference.backward(Float64Array.from(outputGradient));
      const inputGradient = await compiled.readMaps(plan.inputGradient!, rows);
      expect(relativeDifference(inputGradient, gradients.input)).toBeLessThan(1e-4);
      for (const [name, values] of await compiled.gradients()) {
        const difference = relativeDifference(values, gradients.parameters.get(name)!);
        expect(difference, name).toBeLessThan(1e-4);
      }
    }));

  test('the same bits on any number of threads, and for a row alone', () =>
    forEachTask(async (task) => {
      const results = [];
      for (const engine of engines) {
        const { compiled, output, alone } = await step(engine, netOf(task), task.rows, false);
        expect(alone).toEqual(output.slice(-OUTPUTS));
        results.push({ output, parameters: await compiled.parameters() });
      }
      expect(results[1]).toEqual(results[0]);
    }));
});
