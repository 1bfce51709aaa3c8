import { Op } from '../opcodes';
import { ActivationArguments, activationBackward, activationForward } from './activations';
import { add, AddArguments } from './addition';
import { batchGradients, batchGradientSums, batchMoments, BatchNormArguments, batchSums, keptGradients, keptMoments, normalise, normaliseBackward } from './batch-norm';
import { BandwidthArguments, copyMemory, readMemory } from './bandwidth';
import { convolutionBackward, ConvolutionBackwardArguments, reduceGradient, ReduceGradientArguments } from './convolution-backward';
import { convolutionForward, ConvolutionForwardArguments, packConvolution, PackConvolutionArguments } from './convolution-forward';
import { denseBackward, DenseBackwardArguments } from './dense-backward';
import { denseForward, DenseForwardArguments } from './dense-forward';
import { packStrips, PackStripsArguments } from './dense-strips';
import { dropout, DropoutArguments } from './dropout';
import { listGradient, ListGradientArguments } from './gradient-lists';
import { liveGradient, LiveGradientArguments } from './live-gradient';
import { loss, LossArguments } from './loss';
import { MaxPoolArguments, maxPoolBackward, maxPoolForward } from './max-pool';
import { mapMeans, MapMeansArguments, mapMeansBackward } from './map-means';
import { peak, PeakArguments } from './peak';
import { softArgmax, SoftArgmaxArguments, softArgmaxBackward } from './soft-argmax';
import { Step } from './step';
import { announceJob, awaitJob, barrier, job } from './team';
import { gather, GatherArguments, storeOutput, StoreOutputArguments } from './transfer';
import { average, AverageArguments, update, UpdateArguments } from './update';
import { packWinograd, PackWinogradArguments, winogradForward, WinogradForwardArguments } from './winograd';
import { reduceWinograd, ReduceWinogradArguments, winogradWeightGradient, WinogradWeightGradientArguments } from './winograd-weight-gradient';

/** Head of a program; then come pairs of words, an operation and the address of its arguments, and a 0. */
@unmanaged
class Program {
  /** Memory for each thread alone. */
  scratch: usize;
  scratchBytes: i32;
}

const STEP_BYTES = offsetof<Step>();

/**
 * Runs a program once for each step, on thread 0 of `threads`; returns when it is done, or when a loss that
 * was to be learnt from is no finite number.
 */
export function run(program: usize, steps: usize, stepCount: i32, threads: i32): void {
  const task = job();
  task.threads = threads;
  task.program = program;
  task.steps = steps;
  task.stepCount = stepCount;
  if (threads > 1) announceJob();
  execute(program, steps, stepCount, 0, threads);
}

/** Life of every other thread: it does its share of each job until the host ends it. */
export function work(thread: i32): void {
  let known = 0;
  while (true) {
    known = awaitJob(known);
    const task = job();
    execute(task.program, task.steps, task.stepCount, thread, task.threads);
  }
}

function execute(program: usize, steps: usize, stepCount: i32, thread: i32, threads: i32): void {
  const head = changetype<Program>(program);
  const scratch = head.scratch + <usize>thread * <usize>head.scratchBytes;
  for (let i = 0; i < stepCount; i++) {
    const step = changetype<Step>(steps + <usize>i * STEP_BYTES);
    let at = program + offsetof<Program>();
    let operation = load<i32>(at);
    while (operation != 0) {
      const done = operation;
      operate(done, load<usize>(at + 4), step, scratch);
      at += 8;
      // Before the barrier: when all have passed the last one, the host may write something else here.
      operation = load<i32>(at);
      barrier(threads);
      // A loss that is no finite number has no way back: the weights stay, and all else as it came to it.
      if (done == Op.Loss && operation != 0 && !isFinite(step.lossSum)) {
        // Only when all have read the loss may the host write its table again.
        barrier(threads);
        return;
      }
    }
  }
}

function operate(operation: i32, a: usize, step: Step, scratch: usize): void {
  switch (operation) {
    case Op.Gather: return gather(changetype<GatherArguments>(a), step, scratch);
    case Op.PackConvolution: return packConvolution(changetype<PackConvolutionArguments>(a));
    case Op.ConvolutionForward: return convolutionForward(changetype<ConvolutionForwardArguments>(a), step, scratch);
    case Op.PackWinograd: return packWinograd(changetype<PackWinogradArguments>(a), scratch);
    case Op.WinogradForward: return winogradForward(changetype<WinogradForwardArguments>(a), step, scratch);
    case Op.ConvolutionBackward: return convolutionBackward(changetype<ConvolutionBackwardArguments>(a), step, scratch);
    case Op.LiveGradient: return liveGradient(changetype<LiveGradientArguments>(a), step);
    case Op.WinogradWeightGradient: return winogradWeightGradient(changetype<WinogradWeightGradientArguments>(a), step, scratch);
    case Op.ReduceWinograd: return reduceWinograd(changetype<ReduceWinogradArguments>(a), step, scratch);
    case Op.ReduceGradient: return reduceGradient(changetype<ReduceGradientArguments>(a), step);
    case Op.MaxPoolForward: return maxPoolForward(changetype<MaxPoolArguments>(a), step);
    case Op.MaxPoolBackward: return maxPoolBackward(changetype<MaxPoolArguments>(a), step);
    case Op.ActivationForward: return activationForward(changetype<ActivationArguments>(a), step);
    case Op.ActivationBackward: return activationBackward(changetype<ActivationArguments>(a), step);
    case Op.Dropout: return dropout(changetype<DropoutArguments>(a), step, scratch);
    case Op.PackStrips: return packStrips(changetype<PackStripsArguments>(a), step);
    case Op.BatchSums: return batchSums(changetype<BatchNormArguments>(a), step);
    case Op.BatchMoments: return batchMoments(changetype<BatchNormArguments>(a), step);
    case Op.KeptMoments: return keptMoments(changetype<BatchNormArguments>(a));
    case Op.Normalise: return normalise(changetype<BatchNormArguments>(a), step);
    case Op.BatchGradientSums: return batchGradientSums(changetype<BatchNormArguments>(a), step);
    case Op.BatchGradients: return batchGradients(changetype<BatchNormArguments>(a), step);
    case Op.KeptGradients: return keptGradients(changetype<BatchNormArguments>(a));
    case Op.NormaliseBackward: return normaliseBackward(changetype<BatchNormArguments>(a), step);
    case Op.Add: return add(changetype<AddArguments>(a), step);
    case Op.MapMeans: return mapMeans(changetype<MapMeansArguments>(a), step);
    case Op.MapMeansBackward: return mapMeansBackward(changetype<MapMeansArguments>(a), step);
    case Op.SoftArgmax: return softArgmax(changetype<SoftArgmaxArguments>(a), step);
    case Op.SoftArgmaxBackward: return softArgmaxBackward(changetype<SoftArgmaxArguments>(a), step);
    case Op.DenseForward: return denseForward(changetype<DenseForwardArguments>(a), step, scratch);
    case Op.ListGradient: return listGradient(changetype<ListGradientArguments>(a), step);
    case Op.DenseBackward: return denseBackward(changetype<DenseBackwardArguments>(a), step, scratch);
    case Op.Loss: return loss(changetype<LossArguments>(a), step);
    case Op.Update: return update(changetype<UpdateArguments>(a), step);
    case Op.Average: return average(changetype<AverageArguments>(a), step);
    case Op.StoreOutput: return storeOutput(changetype<StoreOutputArguments>(a), step);
    case Op.Peak: return peak(changetype<PeakArguments>(a));
    case Op.ReadMemory: return readMemory(changetype<BandwidthArguments>(a));
    case Op.CopyMemory: return copyMemory(changetype<BandwidthArguments>(a));
    default: unreachable();
  }
}
