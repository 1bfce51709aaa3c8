import { updateParameter } from '../engine/reference/rules.ts';
import { type RuleSpec, type StepSettings, stateTensors } from '../nn/rule.ts';

/** A place on the surface. */
export type Place = readonly [x: number, y: number];

/** How steep the sides of the valley are. */
const STEEPNESS = 4;

/**
 * A curved valley, f(x, y) = (1 - x)^2 + 4 (y - x^2)^2: steep across, almost flat along, lowest at
 * (1, 1). A tame form of Rosenbrock's function (1960).
 */
export const valley = ([x, y]: Place): number => (1 - x) ** 2 + STEEPNESS * (y - x * x) ** 2;

const gradient = ([x, y]: Place): [number, number] => {
  const side = 2 * STEEPNESS * (y - x * x);
  return [-2 * (1 - x) - 2 * x * side, side];
};

/**
 * Where the valley has a given height, as a closed line.
 *
 * With 1 - x = r cos(t) and y - x^2 = r sin(t) / sqrt(4) the height is r^2 for every t.
 *
 * @param height above 0
 * @param corners of the line
 */
export const contour = (height: number, corners = 240): Place[] =>
  Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * i) / corners;
    const radius = Math.sqrt(height);
    const x = 1 - radius * Math.cos(angle);
    return [x, x * x + (radius * Math.sin(angle)) / Math.sqrt(STEEPNESS)];
  });

/**
 * The way that an update rule takes down the valley, with the start; shorter where it flies off.
 *
 * @param steps number of updates
 */
export function descend(
  rule: RuleSpec,
  settings: StepSettings,
  start: Place,
  steps: number,
): Place[] {
  const parameter = Float64Array.from(start);
  const states = Array.from({ length: stateTensors(rule) }, () => new Float64Array(2));
  const way: Place[] = [start];
  for (let step = 1; step <= steps; step++) {
    const slope = Float64Array.from(gradient(way.at(-1)!));
    updateParameter(rule, parameter, slope, states, settings, step);
    const [x, y] = parameter as unknown as [number, number];
    if (!(Math.abs(x) < FAR && Math.abs(y) < FAR)) break;
    way.push([x, y]);
  }
  return way;
}

/** From here a rule does not come back. */
const FAR = 1000;
