import { counted } from '../counted.ts';
import { crc32Text } from '../crc32.ts';
import { labelShift } from '../data/schema.ts';
import type { LabelCorrections, ModelCard, Provenance } from '../model/card.ts';
import type { Model } from '../model/model-file.ts';
import { pixels, textTable } from './text-table.ts';
import { layerTable } from './training-text.ts';

/** A whole number with its thousands apart. */
export const count = (value: number): string => value.toLocaleString('en');

/** Lines of a name and what belongs to it; those without anything are left out. */
export function named(entries: readonly (readonly [string, string | undefined])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`)
    .join('');
}

/** What a model takes and gives, its layers, its card and the error of each keypoint. */
export function modelText(model: Model): string {
  const { schema, scaling, network, engine } = model;
  const { imageDivisor, labelScale, labelOffset, standardisation } = scaling;
  const shift = Number(labelShift(schema).toFixed(4));
  const use = named([
    [
      'pictures',
      `${schema.side} x ${schema.side} pixels, ${schema.channels === 1 ? 'grey' : 'red, green, blue'}, divided by ${imageDivisor}${standardisation ? `, then ${JSON.stringify(standardisation)}` : ''}`,
    ],
    [
      'keypoints',
      `${schema.points.length}, in pixels: output * ${labelScale} + ${labelOffset}${shift ? `, x also + ${shift}` : ''}`,
    ],
    ['engine', `${engine} SIMD`],
  ]);
  return [use, layerTable(network), `Model card\n${cardText(model)}`, pointTable(model)].join('\n');
}

function cardText({ card, training }: Model): string {
  if (!card) {
    return `  There is none, as in files of earlier versions. Known is: ${JSON.stringify(training)}\n`;
  }
  return named([
    ['licence', card.licence],
    ['notes', card.notes],
    ...(card.provenance ? provenanceLines(card.provenance) : [['training', 'not known'] as const]),
  ]);
}

const provenanceLines = ({
  data,
  split,
  recipe,
  teachers,
  seed,
  epochs,
  epoch,
  fiducial,
  errors,
}: Provenance): [string, string | undefined][] => [
  [
    'data',
    `${data.name}: ${count(data.rows)} rows, CRC-32 of all pictures ${crc32Text(data.imagesCrc32)}`,
  ],
  ['labels', data.corrections && correctionsText(data.corrections)],
  [
    'split',
    `${split.type}, ${split.fraction}: ${count(split.train)} rows to train on, ${count(split.valid)} to validate on`,
  ],
  ['recipe', `${recipe.name}: ${recipe.about}`],
  ...(teachers ?? []).map(({ recipe: name, crc32 }): [string, string] => [
    'teacher',
    `${name}, CRC-32 of its file ${crc32Text(crc32)}`,
  ]),
  [
    'training',
    `${count(epochs)} epochs, seed ${seed}, fiducial ${fiducial}; weights of epoch ${count(epoch)}`,
  ],
  ['error', errorText(errors, split.valid)],
];

const correctionsText = ({ count: lines, crc32 }: LabelCorrections): string =>
  `${counted(lines, 'correction')}, CRC-32 of the file ${crc32Text(crc32)}`;

function errorText(errors: Provenance['errors'], validRows: number): string {
  if (validRows === 0) return 'nothing was validated: all rows were trained on';
  if (!errors) return 'not measured yet: saved while training went on';
  const { rmse, meanFace, labels, normalised } = errors;
  if (rmse === null) return 'nothing was validated: the validation rows have no label';
  return `${pixels(rmse)} px RMSE on ${count(labels)} labels of the validation rows; the mean face: ${pixels(meanFace)} px${normalised ? `; ${(100 * normalised.mean).toFixed(2)} % of the distance from ${normalised.by.join(' to ')}` : ''}`;
}

/** The keypoints, each with the one that it becomes in a mirror and, where it was measured, its error. */
function pointTable({ schema, card }: Pick<Model, 'schema' | 'card'>): string {
  const { points, mirrorPairs } = schema;
  const partner = new Map(mirrorPairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]));
  const errors = new Map(errorsOf(card).map((error) => [error.name, error]));
  const isMeasured = [...errors.values()].some(({ labels }) => labels > 0);
  const lines = textTable(
    ['keypoint', 'in a mirror', ...(isMeasured ? ['RMSE (px)', 'mean face (px)', 'labels'] : [])],
    points.map((name, i) => {
      const pair = [name, points[partner.get(i) ?? i]!];
      if (!isMeasured) return pair;
      const error = errors.get(name);
      const { rmse = null, meanFace = null, labels = '-' } = error ?? {};
      return [...pair, pixels(rmse), pixels(meanFace), String(labels)];
    }),
  );
  return `${lines.join('\n')}\n`;
}

const errorsOf = (card: ModelCard | undefined) => card?.provenance?.errors?.points ?? [];
