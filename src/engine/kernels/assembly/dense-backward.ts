import { GROUP, STRIP } from '../dense-constants';
import { copyLine, LINE_BYTES } from './dense-strips';
import { chunksOf, endOfEntries, firstEntry, listBytes } from './gradient-lists';
import { Step } from './step';
import { claim } from './team';
import { RuleArguments, updateRun } from './update';
import { addWeightedSum48 } from './weighted-sum';

@unmanaged
export class DenseBackwardArguments {
  /** Strips of rows. */
  input: usize;
  inputStripBytes: i32;
  /** Strips of outputs. */
  weights: usize;
  weightStripBytes: i32;
  /** Lists of the output's gradient. */
  byRows: usize;
  byOutputs: usize;
  /** [row][input], or 0 where it is not wanted. */
  inputGradient: usize;
  /** Where the weights' gradient goes, laid out like them, or 0 to apply it on the spot by the rule. */
  gradient: usize;
  inputs: i32;
  outputs: i32;
  /** 0 in a frozen layer, whose weights have no gradient. */
  rule: RuleArguments;
  /** State of the rule, each like the weights, or 0. */
  state1: usize;
  state2: usize;
  /** Running average of the weights, or 0. */
  average: usize;
}

/**
 * Both gradients of a dense layer for the output's gradient g:
 *
 *   inputGradient[row][i] = Σ over outputs of g[row][output] * weights[output][i]
 *   gradient[output][i] = Σ over rows of g[row][output] * input[row][i]
 *
 * ReLU silences about half of g, dropout more of it, so both are sums over lists of what is left. A strip
 * of inputs at a time, so that a weight comes from far away once: first the input's gradient from the
 * old weights, then the weights' gradient and at once their update. The tile is one line of a strip, in
 * twelve accumulators.
 */
export function denseBackward(a: DenseBackwardArguments, step: Step, scratch: usize): void {
  const strips = (a.inputs + STRIP - 1) / STRIP;
  for (let strip = claim(strips); strip >= 0; strip = claim(strips)) {
    if (a.inputGradient) inputGradientStrip(a, step.rows, strip, scratch);
    if (changetype<usize>(a.rule) != 0) weightGradientStrip(a, step, strip, scratch);
  }
}

function inputGradientStrip(a: DenseBackwardArguments, rows: i32, strip: i32, sums: usize): void {
  const weights = a.weights + <usize>strip * <usize>a.weightStripBytes;
  weightedSums(a.byRows, rows, 0, rows, a.outputs, weights, sums);
  const bytes = <usize>min(STRIP, a.inputs - strip * STRIP) << 2;
  let target = a.inputGradient + <usize>strip * LINE_BYTES;
  for (let row = 0; row < rows; row++) {
    copyLine(target, sums + <usize>row * LINE_BYTES, bytes);
    target += <usize>a.inputs << 2;
  }
}

function weightGradientStrip(a: DenseBackwardArguments, step: Step, strip: i32, scratch: usize): void {
  const rows = step.rows;
  const input = a.input + <usize>strip * <usize>a.inputStripBytes;
  for (let first = 0; first < a.outputs; first += GROUP) {
    const last = min(a.outputs, first + GROUP);
    const offset = <usize>strip * <usize>a.weightStripBytes + <usize>first * LINE_BYTES;
    const sums = a.gradient ? a.gradient + offset : scratch;
    weightedSums(a.byOutputs, a.outputs, first, last, rows, input, sums);
    if (a.gradient) continue;
    const floats = (last - first) * STRIP;
    updateRun(
      a.rule, step, a.weights + offset, sums,
      a.state1 + offset, a.state2 + offset, a.average + offset, floats,
    );
  }
}

/**
 * sums[line][i] = Σ over the lists of a line of factor * strip[place][i], for the lines from `first` to
 * before `last` of all `lines`. Put into both callers, so that the sum itself has two (`weighted-sum.ts`).
 */
// @ts-ignore: decorator
@inline
function weightedSums(
  lists: usize, lines: i32, first: i32, last: i32, places: i32, strip: usize, sums: usize,
): void {
  const bytes = listBytes(places);
  const chunks = chunksOf(places);
  memory.fill(sums, 0, <usize>(last - first) * LINE_BYTES);
  for (let chunk = 0; chunk < chunks; chunk++) {
    let list = lists + <usize>(chunk * lines + first) * bytes;
    let target = sums;
    for (let line = first; line < last; line++) {
      addWeightedSum48(target, strip, firstEntry(list), endOfEntries(list));
      list += bytes;
      target += LINE_BYTES;
    }
  }
}
