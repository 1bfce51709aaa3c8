/**
 * The candidate that a mistyped name most likely means.
 *
 * @returns the candidate with the fewest edits, or `undefined` where none is within half of the
 *   name's length (at least two edits)
 * @example
 * nearest('left_eye_centre', ['nose_tip', 'left_eye_center']); // 'left_eye_center'
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(2, Math.floor(name.length / 2));
  for (const candidate of candidates) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest || (edits === fewest && best === undefined)) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

/**
 * Advice for an unknown name: the nearest known one, or all where none is near.
 *
 * @example
 * didYouMean('net22', ['net1', 'net2']); // 'Did you mean "net2"?'
 */
export function didYouMean(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === undefined ? `Known are ${known.join(', ')}.` : `Did you mean "${meant}"?`;
}

/** Insertions, deletions and replacements between two texts (Wagner and Fischer, 1974). */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const line = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      line.push(Math.min(replaced, above[j]! + 1, line[j - 1]! + 1));
    }
    above = line;
  }
  return above[b.length]!;
}
