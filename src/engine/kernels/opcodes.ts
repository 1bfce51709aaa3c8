/**
 * Names of the operations that a program is made of. This file is compiled twice: into the
 * WebAssembly module (`assembly/program.ts`) and into the planner that writes programs.
 */
export enum Op {
  /** Rows of the data set become the network's input, and their targets the loss's. */
  Gather = 1,
  /** Convolution weights are laid out as the forward kernel reads them. */
  PackConvolution = 2,
  /** Convolution with bias, optionally ReLU and 2 x 2 max-pooling in one go. */
  ConvolutionForward = 3,
  /** Gradients of a convolution with respect to its input, weights and biases. */
  ConvolutionBackward = 4,
  /** Sums the partial gradients of a convolution in a fixed order. */
  ReduceGradient = 5,
  MaxPoolForward = 6,
  MaxPoolBackward = 7,
  ActivationForward = 8,
  ActivationBackward = 9,
  /** Dropout, in place; the same operation serves activations and gradients. */
  Dropout = 10,
  /** Dense layer with bias, optionally ReLU. */
  DenseForward = 11,
  /** What is not zero in the output gradient of a dense layer; bias gradient. */
  ListGradient = 12,
  /** Gradients of a dense layer; the weights' may be applied on the spot. */
  DenseBackward = 13,
  /** Value of the loss and, while training, its gradient. */
  Loss = 14,
  /** Parameters move by their gradient. */
  Update = 15,
  /** The network's output is kept for the host. */
  StoreOutput = 16,
  /** Multiply-adds on registers alone: what the machine could do at best. */
  Peak = 17,
  /** Sums of a stretch of memory: how fast it can be read at best. */
  ReadMemory = 18,
  /** A stretch of memory is copied to another place. */
  CopyMemory = 19,
  /** Convolution weights are transformed for Winograd's method. */
  PackWinograd = 20,
  /** The same as `ConvolutionForward` for small kernels, with fewer multiplications; also the way back to the input. */
  WinogradForward = 21,
  /** The input of a dense layer, laid out as its products read it. */
  PackStrips = 22,
  /** Sums of a batch normalisation's input and of its squares. */
  BatchSums = 23,
  /** What these come to: mean, variance, and the line by which each channel is straightened. */
  BatchMoments = 24,
  /** The same line from the mean and the variance that were kept. */
  KeptMoments = 25,
  /** Each channel by its line. */
  Normalise = 26,
  BatchGradientSums = 27,
  BatchGradients = 28,
  /** The gradient of a frozen batch normalisation passes by the slope of its line. */
  KeptGradients = 29,
  NormaliseBackward = 30,
  /** Parameters that no gradient moves enter their average. */
  Average = 31,
  /** The sum of two signals. */
  Add = 32,
  /** The mean of each map. */
  MapMeans = 33,
  MapMeansBackward = 34,
  /** The mean place of each heat map. */
  SoftArgmax = 35,
  SoftArgmaxBackward = 36,
  /** The gradient of a convolution's output without what was silenced, with a border of zeros. */
  LiveGradient = 37,
  /** Gradients of a convolution's weights and biases by Winograd's method, up to what `ReduceWinograd` does. */
  WinogradWeightGradient = 38,
  ReduceWinograd = 39,
}

export enum Activation {
  Relu = 1,
  Sigmoid = 2,
  Tanh = 3,
  LeakyRelu = 4,
  Silu = 5,
}

/** What stands beyond the edge of a picture. */
export enum FillMode {
  Nearest = 1,
  Constant = 2,
  Reflect = 3,
  Wrap = 4,
}

export enum Loss {
  MeanSquaredError = 1,
  MaskedMeanSquaredError = 2,
  SoftmaxCrossEntropy = 3,
  SmoothL1 = 4,
  Wing = 5,
}

export enum Rule {
  Sgd = 1,
  Momentum = 2,
  Nesterov = 3,
  Adagrad = 4,
  Rmsprop = 5,
  Adam = 6,
}
