import type { Description } from '../data/describe.ts';
import { barPanel } from './bar-chart.ts';
import type { Panel } from './panel.ts';

/** How many rows have a value in each column, as bars; x and y of a point share one where they agree. */
export function labelCounts({ counts, rows, points }: Description): Panel {
  const bars = counts.map(({ column, count }) => ({
    name: column,
    value: count,
    label: count.toLocaleString('en'),
  }));
  const labels = bars.slice(0, 2 * points.length);
  const joined = points.flatMap((point, i) => {
    const [x, y] = [labels[2 * i]!, labels[2 * i + 1]!];
    return x.value === y.value ? [{ ...x, name: `${point}_x, _y` }] : [x, y];
  });
  return barPanel({
    title: 'Values in each column',
    axis: 'rows',
    bars: [...joined, ...bars.slice(labels.length)],
    reference: { value: rows, label: `${rows.toLocaleString('en')} rows` },
    width: 500,
  });
}
