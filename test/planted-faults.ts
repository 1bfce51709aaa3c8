import { type Dataset, imageOf } from '../src/data/dataset.ts';
import { randomStream } from '../src/random.ts';

/** A fault that was put into labels. */
export interface Fault {
  readonly kind: 'swapped' | 'moved' | 'shifted' | 'duplicate';
  /** Rows of which at least one must be suspected. */
  readonly rows: readonly number[];
  readonly points: readonly number[];
}

/**
 * Labels with one row in `every` spoilt, in turn by: all pairs of left and right swapped; one point moved
 * to anywhere else; all points shifted the same way; another row's picture in the place of its own, with
 * its labels moved a little.
 *
 * @returns a new dataset, and what was done to it
 */
export function plantFaults(
  clean: Dataset,
  { seed, every }: { readonly seed: number; readonly every: number },
): { dataset: Dataset; faults: Fault[] } {
  const random = randomStream(seed, 'planted faults');
  const dataset = { ...clean, labels: clean.labels.slice(), images: clean.images.slice() };
  const { points, mirrorPairs, side } = clean.schema;
  const values = 2 * points.length;
  const faults: Fault[] = [];
  for (let row = every - 1; row < clean.rows; row += every) {
    const labels = dataset.labels.subarray(row * values, (row + 1) * values);
    const draw = (index: number): number => random.uniform(8 * row + index);
    const present = points.flatMap((_, i) => (Number.isNaN(labels[2 * i]!) ? [] : [i]));
    const kind = (['swapped', 'moved', 'shifted', 'duplicate'] as const)[faults.length % 4]!;
    if (kind === 'swapped') {
      const both = mirrorPairs.filter((pair) => pair.every((point) => present.includes(point)));
      for (const [a, b] of both) {
        const place = labels.slice(2 * a, 2 * a + 2);
        labels.copyWithin(2 * a, 2 * b, 2 * b + 2);
        labels.set(place, 2 * b);
      }
      faults.push({ kind, rows: [row], points: both.flat() });
    } else if (kind === 'moved') {
      const point = present[Math.floor(draw(0) * present.length)]!;
      const [x, y] = [labels[2 * point]!, labels[2 * point + 1]!];
      // At least a sixth of the side away, inside the picture.
      labels[2 * point] = (x + side * (1 / 6 + draw(1) * (2 / 3))) % side;
      labels[2 * point + 1] = (y + side * (1 / 6 + draw(2) * (2 / 3))) % side;
      faults.push({ kind, rows: [row], points: [point] });
    } else if (kind === 'shifted') {
      const turn = 2 * Math.PI * draw(0);
      const by = [Math.cos(turn), Math.sin(turn)].map((part) => (part * side) / 6);
      labels.forEach((value, i) => {
        labels[i] = value + by[i % 2]!;
      });
      faults.push({ kind, rows: [row], points: present });
    } else {
      const other = row - 1;
      const original = dataset.labels.subarray(other * values, (other + 1) * values);
      imageOf(dataset, row).set(imageOf(dataset, other));
      const moved = [side / 12, -side / 12];
      labels.set(original.map((value, i) => value + moved[i % 2]!));
      const marked = points.flatMap((_, i) => (Number.isNaN(original[2 * i]!) ? [] : [i]));
      faults.push({ kind, rows: [row, other], points: marked });
    }
  }
  return { dataset, faults };
}
