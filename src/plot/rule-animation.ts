import {
  adagrad,
  adam,
  momentum,
  nesterov,
  type RuleSpec,
  rmsprop,
  type StepSettings,
  sgd,
} from '../nn/rule.ts';
import { type Field, LEGEND_LINE, legendRows, MARGIN, scaleFor } from './chart.ts';
import { wrap } from './fit-text.ts';
import { footnotes, heading, INSET, NOTE_LINE, panelDocument } from './panel.ts';
import { SERIES_COLOURS, type SeriesColour, type Theme } from './theme.ts';
import { contour, descend, type Place, valley } from './valley.ts';
import { element, group, rounded } from './xml.ts';

/** A rule that takes part. */
export interface Racer {
  readonly name: string;
  readonly rule: RuleSpec;
  readonly settings: StepSettings;
}

export interface RuleAnimationOptions {
  /** Default: the six rules, each with a rate that suits it. */
  readonly racers?: readonly Racer[];
  /** Number of updates, default 120. */
  readonly steps?: number;
  /** Of the whole figure, in pixels; default 720 x 500. */
  readonly width?: number;
  readonly height?: number;
  readonly theme?: Theme;
}

const racer = (name: string, rule: RuleSpec, learningRate: number): Racer => ({
  name,
  rule,
  settings: { learningRate, momentum: 0.9 },
});

/** SGD and both momentums share one rate, so that what momentum does is seen alone. */
const RACERS: readonly Racer[] = [
  racer('SGD', sgd(), 0.01),
  racer('momentum', momentum(), 0.01),
  racer('Nesterov', nesterov(), 0.01),
  racer('Adagrad', adagrad(), 0.5),
  racer('RMSprop', rmsprop(), 0.03),
  racer('Adam', adam(), 0.15),
];

const START: Place = [-1.5, 0.35];
/** What of the surface is seen. */
const SEEN = { x: [-1.85, 1.85], y: [-0.65, 2.15] } as const;
const CONTOURS = [30, 20, 13, 8, 5, 3, 1.6, 0.8, 0.3, 0.06];
/** Of a round, in seconds; at its end the balls rest for `REST` of it. */
const ROUND = 14;
const REST = 0.15;
/** A print shows whatever moment it was made in; readers may ask for less motion. */
const STILL =
  '@media print,(prefers-reduced-motion:reduce){.moving{display:none}.way{stroke-opacity:1}}';

/**
 * Update rules on a surface, as an animated SVG: balls run down one valley from one place, each by the
 * steps that its rule makes. No script; printed, as PNG or for readers who want less motion, it shows
 * the whole ways.
 *
 * @example
 * ruleAnimation({ steps: 60 });
 */
export function ruleAnimation(options: RuleAnimationOptions = {}): string {
  const { racers = RACERS, steps = 120, width = 720, height = 500, theme } = options;
  const ways = racers.map(({ rule, settings }) => descend(rule, settings, START, steps));
  const colours = racers.map((_, i) => SERIES_COLOURS[i % SERIES_COLOURS.length]!);
  const entries = racers.map(({ name, settings }, i) => ({
    name: `${name}, rate ${settings.learningRate}`,
    colour: colours[i]!,
    points: [],
  }));
  const legend = legendRows(entries, width - 2 * INSET);
  const notes = wrap(noteOn(racers, ways, steps), width - 2 * INSET);
  const field: Field = {
    left: INSET,
    right: width - INSET,
    top: MARGIN.top - 8 + legend.length * LEGEND_LINE,
    bottom: height - 24 - notes.length * NOTE_LINE,
  };
  const room = { width: field.right - field.left, height: Math.max(40, field.bottom - field.top) };
  const x = scaleFor({ label: 'x', domain: SEEN.x }, [], [0, room.width]);
  const y = scaleFor({ label: 'y', domain: SEEN.y }, [], [room.height, 0]);
  const toPixels = ([a, b]: Place): Place => [x(a), y(b)];
  const trails = ways.map((way) => way.map(toPixels));
  const surface = element(
    'svg',
    { x: field.left, y: field.top, ...room, overflow: 'hidden' },
    [
      group(
        'contours',
        CONTOURS.map((level) => contourMarkup(contour(level).map(toPixels))),
      ),
      startAndEnd(toPixels(START), toPixels([1, 1])),
      group(
        'trails',
        trails.map((trail, i) => trailMarkup(trail, colours[i]!, steps)),
      ),
      ...trails.map((trail, i) => ballMarkup(trail, colours[i]!, steps)),
    ].join('\n'),
  );
  const content = [
    element('style', {}, STILL),
    heading('Six ways down a valley', width),
    ...legend.map((row, i) => group('legend', row, INSET, MARGIN.top - 2 + i * LEGEND_LINE)),
    surface,
    ...footnotes(notes, height),
  ].join('\n');
  return panelDocument({ width, height, content }, theme);
}

function noteOn(racers: readonly Racer[], ways: readonly Place[][], steps: number): string {
  const heights = racers.map(({ name }, i) =>
    ways[i]!.length > steps
      ? `${name} ${valley(ways[i]!.at(-1)!).toPrecision(1)}`
      : `${name} is lost`,
  );
  return (
    'The valley (1 - x)² + 4 (y - x²)² is steep across and almost flat along. Every rule starts at the ' +
    'ring and makes its steps as on weights, with momentum 0.9 where it has one; the cross is the lowest ' +
    `point. Height after ${steps} steps: ${heights.join(', ')}.`
  );
}

const pathOf = (places: readonly Place[]): string =>
  places.map(([a, b], i) => `${i === 0 ? 'M' : 'L'}${rounded(a)} ${rounded(b)}`).join('');

/** Each level lies on those above it, so that deep ground is stronger. */
const contourMarkup = (places: readonly Place[]): string =>
  element('path', {
    d: `${pathOf(places)}Z`,
    class: 'fill-muted stroke-muted',
    'fill-opacity': 0.06,
    'stroke-opacity': 0.35,
    'stroke-width': 0.7,
  });

/** A ring and a cross. */
const startAndEnd = ([a, b]: Place, [c, d]: Place): string =>
  element('circle', {
    cx: a,
    cy: b,
    r: 7,
    fill: 'none',
    class: 'stroke-ink',
    'stroke-width': 1.4,
  }) +
  element('path', {
    d: `M${rounded(c - 9)} ${rounded(d)}h18M${rounded(c)} ${rounded(d - 9)}v18`,
    class: 'stroke-ink',
    'stroke-width': 1.4,
  });

/** The whole way faintly, and what has been run of it. */
function trailMarkup(trail: readonly Place[], colour: SeriesColour, steps: number): string {
  const run = [0];
  for (let i = 1; i < trail.length; i++) {
    const [[a, b], [c, d]] = [trail[i - 1]!, trail[i]!];
    run.push(run[i - 1]! + Math.sqrt((c - a) ** 2 + (d - b) ** 2));
  }
  const length = Math.ceil(run.at(-1)! + 1);
  const look = {
    d: pathOf(trail),
    fill: 'none',
    class: `stroke-${colour}`,
    'stroke-linejoin': 'round',
  };
  return (
    element('path', {
      ...look,
      class: `way ${look.class}`,
      'stroke-width': 1.2,
      'stroke-opacity': 0.3,
    }) +
    element(
      'path',
      { ...look, class: `moving ${look.class}`, 'stroke-width': 1.8, 'stroke-dasharray': length },
      animate(
        'stroke-dashoffset',
        run.map((done) => length - done),
        steps,
      ),
    )
  );
}

const ballMarkup = (trail: readonly Place[], colour: SeriesColour, steps: number): string => {
  const [x, y] = trail.at(-1)!;
  return element(
    'circle',
    {
      cx: x,
      cy: y,
      r: 5.5,
      class: `ball moving fill-${colour} stroke-ground`,
      'stroke-width': 1.2,
    },
    animate(
      'cx',
      trail.map(([a]) => a),
      steps,
    ) +
      animate(
        'cy',
        trail.map(([, b]) => b),
        steps,
      ),
  );
};

/** A value for every step, then rest; a way that ended early rests where it ended. */
function animate(attribute: string, values: readonly number[], steps: number): string {
  const times = Math.ceil((steps + 1) / (1 - REST));
  const all = Array.from({ length: times }, (_, i) => values[Math.min(i, values.length - 1)]!);
  return element('animate', {
    attributeName: attribute,
    dur: `${ROUND}s`,
    repeatCount: 'indefinite',
    values: all.map(rounded).join(';'),
  });
}
