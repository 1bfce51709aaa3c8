import { inputGradient, prepareInputGradient } from './convolution-input-gradient';
import { prepareWeightGradient, weightGradient } from './convolution-weight-gradient';
import { MapLayout, Step } from './step';
import { claim } from './team';

@unmanaged
export class ConvolutionBackwardArguments {
  input: MapLayout;
  outputGradient: MapLayout;
  /** May be 0: the first layer's input needs no gradient. */
  inputGradient: MapLayout;
  /** See the forward kernel. */
  codes: usize;
  /** [filter][y][padded run]. */
  weights: usize;
  /** One partial gradient for each group of images: weights like `weights`, then the biases. 0 in a frozen layer. */
  partials: usize;
  partialBytes: i32;
  kernel: i32;
  /** 1 or 2. */
  stride: i32;
  /** kernel * channels of the input. */
  run: i32;
  paddedRun: i32;
  pool: i32;
  /** Images that share one partial gradient: a fixed number, so that sums never depend on threads. */
  groupSize: i32;
  /** Output rows whose weight gradients are summed up together; their inputs stay in the first cache. */
  stripHeight: i32;
  /** Bytes of the scratch memory, at its front, that the weight gradient takes; behind it is the input gradient's. */
  weightScratchBytes: i32;
  /** Factor of a dropout that follows, else 1. */
  scale: f32;
}

/**
 * Gradients of a convolution (+ ReLU + max-pooling).
 *
 * A pooled output passes its gradient to one position in four, and none where ReLU silenced it, so the
 * work is done for live outputs alone: lists of them are made without a branch, then summed up.
 */
export function convolutionBackward(a: ConvolutionBackwardArguments, step: Step, scratch: usize): void {
  const wantsInput = changetype<usize>(a.inputGradient) != 0;
  const inputScratch = scratch + <usize>a.weightScratchBytes;
  if (wantsInput) prepareInputGradient(a, inputScratch);
  if (a.partials) prepareWeightGradient(a, scratch);
  const groups = (step.rows + a.groupSize - 1) / a.groupSize;
  for (let group = claim(groups); group >= 0; group = claim(groups)) {
    const partial = a.partials + <usize>group * <usize>a.partialBytes;
    if (a.partials) memory.fill(partial, 0, <usize>a.partialBytes);
    const end = min(step.rows, (group + 1) * a.groupSize);
    for (let image = group * a.groupSize; image < end; image++) {
      if (wantsInput) inputGradient(a, image, inputScratch);
      if (a.partials) weightGradient(a, image, partial, scratch);
    }
  }
}

@unmanaged
export class ReduceGradientArguments {
  partials: usize;
  partialBytes: i32;
  groupSize: i32;
  /** Weight gradient like the weights, then the biases. */
  gradient: usize;
  filters: i32;
  kernel: i32;
  run: i32;
  paddedRun: i32;
}

/** Adds the partial gradients of all groups in their order; what stands in the padding becomes zero. */
export function reduceGradient(a: ReduceGradientArguments, step: Step): void {
  const groups = (step.rows + a.groupSize - 1) / a.groupSize;
  const items = a.filters + 1;
  const filterFloats = a.kernel * a.paddedRun;
  for (let item = claim(items); item >= 0; item = claim(items)) {
    const start = <usize>(item * filterFloats) << 2;
    // The last item is the biases; both are followed by padding up to four floats.
    const floats = item < a.filters ? filterFloats : (a.filters + 3) & -4;
    for (let i: usize = 0; i < <usize>floats << 2; i += 16) {
      let total = v128.load(a.partials + start + i);
      for (let group = 1; group < groups; group++) {
        total = f32x4.add(total, v128.load(a.partials + <usize>group * <usize>a.partialBytes + start + i));
      }
      v128.store(a.gradient + start + i, total);
    }
    if (item < a.filters && a.run != a.paddedRun) {
      for (let ky = 0; ky < a.kernel; ky++) {
        for (let k = a.run; k < a.paddedRun; k++) {
          store<f32>(a.gradient + start + (<usize>(ky * a.paddedRun + k) << 2), 0);
        }
      }
    }
  }
}
