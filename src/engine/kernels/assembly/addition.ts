import { MapLayout, Step } from './step';
import { claim } from './team';

@unmanaged
export class AddArguments {
  /** Laid out like the sum, and maybe the same; or 0: the sum is a copy of the other one. */
  first: MapLayout;
  /** As many values; they may be a map where the sum is the vector that a flatten made of one, or the reverse. */
  second: MapLayout;
  sum: MapLayout;
}

export function add(a: AddArguments, step: Step): void {
  const alike = a.second.channels == a.sum.channels && a.second.width == a.sum.width;
  for (let image = claim(step.rows); image >= 0; image = claim(step.rows)) {
    for (let y = 0; y < a.sum.height; y++) {
      if (alike) addLine(a, image, y);
      else addScattered(a, image, y);
    }
  }
}

function addLine(a: AddArguments, image: i32, y: i32): void {
  const copies = changetype<usize>(a.first) == 0;
  const second = a.second.row(image, y);
  const sum = a.sum.row(image, y);
  const bytes = <usize>(a.sum.width * a.sum.channels) << 2;
  if (copies) {
    memory.copy(sum, second, bytes);
    return;
  }
  const first = a.first.row(image, y);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(sum + i, f32x4.add(v128.load(first + i), v128.load(second + i)));
  for (; i < bytes; i += 4) store<f32>(sum + i, load<f32>(first + i) + load<f32>(second + i));
}

/** A line of the sum, whose values stand elsewhere in `second`: in the order of (channel, y, x). */
function addScattered(a: AddArguments, image: i32, y: i32): void {
  const from = a.second;
  const to = a.sum;
  for (let x = 0; x < to.width; x++) {
    for (let c = 0; c < to.channels; c++) {
      const index = (c * to.height + y) * to.width + x;
      const column = index % from.width;
      const line = (index / from.width) % from.height;
      const channel = index / (from.width * from.height);
      const second = load<f32>(from.row(image, line) + (<usize>(column * from.channels + channel) << 2));
      const at = <usize>(x * to.channels + c) << 2;
      const first: f32 = changetype<usize>(a.first) == 0 ? 0 : load<f32>(a.first.row(image, y) + at);
      store<f32>(to.row(image, y) + at, first + second);
    }
  }
}
