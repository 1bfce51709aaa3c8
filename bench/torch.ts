import type { NetworkSpec } from '../src/nn/network.ts';
import type { StartedPeer } from './comparison.ts';
import type { PeerProcess } from './peer-process.ts';
import { findPython, startPython } from './python.ts';

/** The memory layouts of PyTorch's convolutions; which is faster depends on machine and version. */
export const TORCH_LAYOUTS = ['contiguous', 'channels_last'] as const;
export type TorchLayout = (typeof TORCH_LAYOUTS)[number];

/** What PyTorch is to do. */
export type TorchJob =
  | { readonly task: 'train'; readonly batch: number }
  | {
      readonly task: 'predict';
      /** File of all parameters in order, row-major, as float32. */
      readonly weights: string;
      /** File of pictures in [0, 1], as float32. */
      readonly pictures: string;
    };

/**
 * Reads the job, says its version, and then answers "<layout>" with the milliseconds of one training step or
 * prediction, and "<layout> outputs" with what it predicts.
 */
const SCRIPT = `
import json, sys, time
import torch

job = json.loads(sys.argv[1])
torch.set_num_threads(job["threads"])
torch.manual_seed(0)
INPUT = job["network"]["input"]

class MeanPlaces(torch.nn.Module):
    def __init__(self, beta, height, width):
        super().__init__()
        self.beta = beta
        centres = lambda count: (2 * torch.arange(count) + 1) / count - 1
        self.places = torch.stack([centres(width).repeat(height), centres(height).repeat_interleave(width)], 1)
    def forward(self, maps):
        return (torch.softmax(self.beta * maps.flatten(2), 2) @ self.places).flatten(1)

class Residual(torch.nn.Sequential):
    def forward(self, maps):
        return maps + super().forward(maps)

PLAIN = {"relu": torch.nn.ReLU, "silu": torch.nn.SiLU, "sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh}

def module(layer, shape):
    kind = layer["type"]
    if kind == "conv2d":
        padding = layer["kernel"] // 2 if layer["padding"] == "same" else 0
        return torch.nn.Conv2d(shape[0], layer["filters"], layer["kernel"], layer.get("stride", 1), padding)
    if kind == "dense":
        return torch.nn.Linear(shape[0], layer["units"])
    if kind == "maxPool2d":
        return torch.nn.MaxPool2d(2)
    if kind == "globalAveragePool2d":
        return torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    if kind == "softArgmax2d":
        return MeanPlaces(layer["beta"], *shape[1:])
    if kind == "dropout":
        return torch.nn.Dropout(layer["rate"])
    if kind == "batchNorm":
        norm = torch.nn.BatchNorm2d if len(shape) == 3 else torch.nn.BatchNorm1d
        return norm(shape[0], eps=layer["epsilon"], momentum=1 - layer["momentum"])
    if kind == "leakyRelu":
        return torch.nn.LeakyReLU(layer["slope"])
    if kind == "flatten":
        return torch.nn.Flatten()
    if kind == "residual":
        return Residual(*build(layer["layers"], shape)[0])
    return PLAIN[kind]()

def build(specs, shape):
    layers = torch.nn.Sequential()
    for layer in specs:
        layers.append(module(layer, shape))
        shape = list(layers[-1](torch.zeros([2] + shape)).shape[1:])
    return layers, shape

def floats(path, shape):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.float32).reshape(shape)

def trainer(layout):
    net, outputs = build(job["network"]["layers"], INPUT)
    net = net.to(memory_format=layout)
    rule = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, nesterov=True)
    images = torch.rand([job["batch"]] + INPUT).to(memory_format=layout)
    targets = torch.rand([job["batch"]] + outputs) * 2 - 1
    def step():
        rule.zero_grad()
        loss = ((net(images) - targets) ** 2).mean()
        loss.backward()
        rule.step()
        return loss.item()
    return step

def predictor(layout):
    net, _ = build(job["network"]["layers"], INPUT)
    weights = floats(job["weights"], [-1])
    with torch.no_grad():
        running = lambda layer: [layer.running_mean, layer.running_var] if hasattr(layer, "running_mean") else []
        for parameter in [one for layer in net.modules() for one in [*layer.parameters(recurse=False), *running(layer)]]:
            count = parameter.numel()
            parameter.copy_(weights[:count].reshape(parameter.shape))
            weights = weights[count:]
    net = net.eval().to(memory_format=layout)
    images = floats(job["pictures"], [-1] + INPUT).to(memory_format=layout)
    def predict():
        with torch.no_grad():
            return net(images)
    return predict

FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
make = trainer if job["task"] == "train" else predictor
subjects = {name: make(FORMATS[name]) for name in job["layouts"]}
print(torch.__version__, flush=True)
for line in sys.stdin:
    layout, *outputs = line.split()
    if outputs:
        print(json.dumps(subjects[layout]().flatten().tolist()), flush=True)
        continue
    start = time.perf_counter()
    subjects[layout]()
    print((time.perf_counter() - start) * 1000, flush=True)
`;

/** PyTorch, kept waiting in a process of its own. */
export interface TorchPeer {
  readonly process: PeerProcess;
  readonly version: string;
}

/**
 * Starts PyTorch on a network, where some Python here has it.
 *
 * @param options.threads threads of PyTorch's operations
 * @throws PeerError where there is none, or it does not start
 */
export async function startTorch(
  network: NetworkSpec,
  job: TorchJob,
  { threads, patience }: { readonly threads: number; readonly patience: number },
): Promise<TorchPeer> {
  const python = await findPython(['torch'], 'python3-torch libopenblas0-pthread', patience);
  const peer = startPython(
    python,
    SCRIPT,
    { ...job, network, threads, layouts: TORCH_LAYOUTS },
    { patience, env: { OMP_NUM_THREADS: String(threads) } },
  );
  return { process: peer, version: await peer.ask() };
}

/** One contestant for each layout. */
export const torchContestants = ({ process, version }: TorchPeer): StartedPeer => ({
  contestants: TORCH_LAYOUTS.map((layout) => ({
    name: `PyTorch ${version}, ${layout}`,
    run: () => process.askNumber(layout),
  })),
  close: () => process.close(),
});
