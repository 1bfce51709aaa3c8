import { networkOutput } from '../../nn/network.ts';
import { OnnxGraph } from './graph.ts';
import { addNetwork, type WeightedNetwork } from './network-nodes.ts';

/** What the file's input is called: pictures of shape (rows, …the network's input). */
export const ONNX_INPUT = 'pictures';
/** What the file's output is called. */
export const ONNX_OUTPUT = 'keypoints';

/**
 * A bare network as an ONNX file, for prediction: it takes and gives what the network itself does,
 * pictures in [0, 1] and outputs of shape (rows, outputs). `exportOnnx` makes a file of a whole model.
 *
 * @throws Error where a parameter is missing or has another size
 * @example
 * await writeFile('net.onnx', encodeOnnx(network, initialise(network, { seed: 42 })));
 */
export function encodeOnnx(
  network: WeightedNetwork['network'],
  parameters: WeightedNetwork['parameters'],
): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph();
  const found = addNetwork(graph, { network, parameters }, { input: ONNX_INPUT });
  graph.add('Identity', [found], ONNX_OUTPUT);
  return graph.encode({
    input: { name: ONNX_INPUT, shape: network.input, about: 'what the network sees' },
    output: { name: ONNX_OUTPUT, shape: networkOutput(network), about: 'what the network says' },
    about: 'A bare network.',
  });
}
