import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { NetworkSpec } from '../src/nn/network.ts';

/** The memory layouts of PyTorch's convolutions; which is faster depends on machine and version. */
export const TORCH_LAYOUTS = ['contiguous', 'channels_last'] as const;
export type TorchLayout = (typeof TORCH_LAYOUTS)[number];

/** PyTorch, kept waiting in a process of its own: it trains one step whenever it is asked to. */
export interface TorchPeer {
  readonly version: string;
  /** Trains one step on random data; returns milliseconds, measured by PyTorch's own process. */
  step(layout: TorchLayout): Promise<number>;
  close(): void;
}

const SCRIPT = `
import json, sys, time
import torch

job = json.loads(sys.argv[1])
torch.set_num_threads(job["threads"])
torch.manual_seed(0)

def build():
    layers = []
    shape = job["network"]["input"]
    for layer in job["network"]["layers"]:
        kind = layer["type"]
        if kind == "conv2d":
            padding = layer["kernel"] // 2 if layer["padding"] == "same" else 0
            layers.append(torch.nn.Conv2d(shape[0], layer["filters"], layer["kernel"], padding=padding))
        elif kind == "dense":
            layers.append(torch.nn.Linear(shape[0], layer["units"]))
        elif kind == "maxPool2d":
            layers.append(torch.nn.MaxPool2d(2))
        elif kind == "dropout":
            layers.append(torch.nn.Dropout(layer["rate"]))
        elif kind == "flatten":
            layers.append(torch.nn.Flatten())
        else:
            layers.append({"relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh}[kind]())
        shape = list(layers[-1](torch.zeros([1] + shape)).shape[1:])
    return torch.nn.Sequential(*layers), shape

def subject(layout):
    torch_layout = getattr(torch, "channels_last" if layout == "channels_last" else "contiguous_format")
    net, outputs = build()
    net = net.to(memory_format=torch_layout)
    rule = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, nesterov=True)
    images = torch.rand([job["batch"]] + job["network"]["input"]).to(memory_format=torch_layout)
    targets = torch.rand([job["batch"]] + outputs) * 2 - 1
    def step():
        rule.zero_grad()
        loss = ((net(images) - targets) ** 2).mean()
        loss.backward()
        rule.step()
        return float(loss)
    return step

steps = {layout: subject(layout) for layout in job["layouts"]}
print(torch.__version__, flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    steps[line.strip()]()
    print((time.perf_counter() - start) * 1000, flush=True)
`;

/** Pythons to look for: the one named in PYTHON, that of the path, Debian's own. */
const PYTHONS = [process.env.PYTHON, 'python3', '/usr/bin/python3'];

/**
 * Starts PyTorch on a network, where some Python here has it.
 *
 * @param threads threads of PyTorch's operations
 * @returns the peer, or the reason why there is none
 */
export async function startTorch(
  network: NetworkSpec,
  batch: number,
  threads: number,
): Promise<TorchPeer | string> {
  const python = PYTHONS.find(
    (name) => name && spawnSync(name, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
  );
  if (!python) {
    return 'no Python here has PyTorch (on Debian: apt install python3-torch libopenblas0-pthread)';
  }
  const job = JSON.stringify({ network, batch, threads, layouts: TORCH_LAYOUTS });
  const child = spawn(python, ['-c', SCRIPT, job], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: String(threads) },
  });
  const ask = lineReader(child);
  const version = await ask();
  return {
    version,
    async step(layout) {
      child.stdin.write(`${layout}\n`);
      return Number(await ask());
    },
    close: () => void child.stdin.end(),
  };
}

/** Every call gives the next line that a process prints. */
function lineReader(child: ChildProcess): () => Promise<string> {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('PyTorch ended early; what it said stands above');
    return value;
  };
}
