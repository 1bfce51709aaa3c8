import { addNoise, cutOut } from './disturb';
import { drawBend } from './elastic';
import { shiftChannels, Standardisation, standardise } from './pixels';
import { Fill, resample, white } from './resample';
import { MapLayout, Step } from './step';
import { claim } from './team';
import { tabulateTones } from './tone';
import { moveTargets, RowTransform, TRANSFORM_BYTES } from './transform';

@unmanaged
export class GatherArguments {
  input: MapLayout;
  /** Targets of the batch, [row][target]. */
  targets: usize;
  /** Targets of a row: as many as outputs, or one for the number of a class. */
  targetsPerRow: i32;
  /** Keypoints among them, which move with the picture; none where they are classes. */
  points: i32;
  /** Per point the one that takes its name in a mirror; 0 where none has a partner. */
  partners: usize;
  /** Whether keypoints that leave the picture become missing. */
  onlyInside: i32;
  fill: Fill;
  /** Or 0. */
  standardisation: usize;
}

/** Places in a thread's own memory: a float for each byte that a pixel can be, what `resample` and `addNoise` need, a bend. */
const TONES: usize = 0;
const ROOM: usize = 1024;
const BEND: usize = ROOM + 96;

/** The rows of a batch become the network's input, and their targets those of the loss. */
export function gather(a: GatherArguments, step: Step, scratch: usize): void {
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    const row = load<u32>(step.order + (<usize>image << 2));
    const transform = step.transforms ? step.transforms + <usize>image * TRANSFORM_BYTES : 0;
    if (transform) {
      const t = changetype<RowTransform>(transform);
      if (t.elastic != 0) drawBend(scratch + BEND, t.elastic, <u32>t.elasticKey);
    }
    if (step.inputsAreBytes) gatherPicture<u8>(a, step, image, row, transform, scratch);
    else gatherPicture<f32>(a, step, image, row, transform, scratch);
    if (step.targets) gatherTargets(a, step, image, row, transform, scratch);
  }
}

function gatherPicture<T>(
  a: GatherArguments, step: Step, image: i32, row: u32, transform: usize, scratch: usize,
): void {
  const input = a.input;
  const values = input.height * input.width * input.channels;
  const source = step.inputs + <usize>row * <usize>values * sizeof<T>();
  if (transform) {
    const t = changetype<RowTransform>(transform);
    if (t.isFlip()) {
      copy<T>(source, input, image, t.xx < 0, t.yy < 0);
    } else {
      if (sizeof<T>() == 1) tabulateTones(scratch + TONES, source, values, t);
      resample<T>(source, scratch + TONES, input, image, t, scratch + BEND, a.fill, scratch + ROOM);
    }
    if (t.channelShift != 0) shiftChannels(input, image, <f32>t.channelShift);
    if (t.noise != 0) addNoise(input, image, t, scratch + ROOM);
    cutOut(input, image, t);
  } else {
    copy<T>(source, input, image, false, false);
  }
  if (a.standardisation) standardise(input, image, changetype<Standardisation>(a.standardisation));
}

/** A picture as it is, or in a mirror. */
function copy<T>(source: usize, input: MapLayout, image: i32, mirrorX: bool, mirrorY: bool): void {
  const channels = input.channels;
  const width = input.width;
  for (let y = 0; y < input.height; y++) {
    const line = mirrorY ? input.height - 1 - y : y;
    const target = input.row(image, y);
    for (let channel = 0; channel < channels; channel++) {
      const from = source + <usize>((channel * input.height + line) * width) * sizeof<T>();
      copyLine<T>(from, target + (<usize>channel << 2), width, channels);
    }
    if (mirrorX) reverse(target, width, channels);
  }
}

function copyLine<T>(source: usize, target: usize, width: i32, channels: i32): void {
  let x = 0;
  if (sizeof<T>() == 1 && channels == 1) {
    const divisor = f32x4.splat(white<T>());
    for (; x + 4 <= width; x += 4) {
      const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(source + x)));
      v128.store(target + (<usize>x << 2), f32x4.div(f32x4.convert_i32x4_u(wide), divisor));
    }
  }
  for (; x < width; x++) {
    store<f32>(target + (<usize>(x * channels) << 2), <f32>load<T>(source + <usize>x * sizeof<T>()) / white<T>());
  }
}

/** The pixels of a line from last to first. */
function reverse(line: usize, width: i32, channels: i32): void {
  for (let left = 0, right = width - 1; left < right; left++, right--) {
    for (let channel = 0; channel < channels; channel++) {
      const a = line + (<usize>(left * channels + channel) << 2);
      const b = line + (<usize>(right * channels + channel) << 2);
      const value = load<f32>(a);
      store<f32>(a, load<f32>(b));
      store<f32>(b, value);
    }
  }
}

function gatherTargets(
  a: GatherArguments, step: Step, image: i32, row: u32, transform: usize, scratch: usize,
): void {
  const bytes = <usize>a.targetsPerRow << 2;
  const source = step.targets + <usize>row * bytes;
  const target = a.targets + <usize>image * bytes;
  if (transform && a.points > 0) {
    const t = changetype<RowTransform>(transform);
    moveTargets(source, target, a.points, a.partners, a.onlyInside != 0, t, scratch + BEND);
  } else {
    memory.copy(target, source, bytes);
  }
}

@unmanaged
export class StoreOutputArguments {
  /** [row][padded output]. */
  prediction: usize;
  rowBytes: i32;
  /** All stored outputs, laid out alike. */
  target: usize;
}

/** Keeps the output of a batch for the host. */
export function storeOutput(a: StoreOutputArguments, step: Step): void {
  if (claim(1) < 0) return;
  const target = a.target + <usize>step.outputRow * <usize>a.rowBytes;
  memory.copy(target, a.prediction, <usize>step.rows * <usize>a.rowBytes);
}
