import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readGroups } from '../node/read-groups.ts';
import { readTable } from '../node/read-table.ts';
import { type RandomStream, randomStream } from '../random.ts';
import { compareConventions } from './compare-conventions.ts';
import type { Dataset } from './dataset.ts';
import { keypointSchema } from './schema.ts';

const FACE = [66, 39, 30, 39, 48, 58, 48, 82];
const REST = [60, 30, 36, 30, 60, 76, 36, 76, 48, 70];
const NAMES = ['left_eye', 'right_eye', 'nose', 'lip', 'a', 'b', 'c', 'd', 'e'];
/** How far labels scatter, in pixels. */
const SCATTER = 1.5;

interface FaceOptions {
  readonly rows: number;
  readonly seed: number;
  /** How much lower the rows with few labels have the lip, in pixels. */
  readonly lower?: number;
  /** Rows of one person, who all have few labels or all have many, and whose faces are nearly alike. */
  readonly alike?: number;
}

/** Faces of which about two in three have the first four labels alone. */
function facesOf({ rows, seed, lower = 0, alike = 1 }: FaceOptions): Dataset {
  const scatter = (random: RandomStream): number => SCATTER * random.normal();
  const labels = Array.from({ length: rows }, (_, row) => {
    const person = randomStream(seed, `person ${Math.floor(row / alike)}`);
    const own = randomStream(seed, `row ${row}`);
    const isFew = person.next() < 2 / 3;
    const face = FACE.map((value, i) => {
      const shift = isFew && i === 7 ? lower : 0;
      return value + shift + scatter(person) + (alike > 1 ? 0.1 * own.normal() : 0);
    });
    return [...face, ...REST.map((value) => (isFew ? Number.NaN : value))];
  }).flat();
  const schema = keypointSchema(NAMES, 96);
  return { schema, rows, labels: Float32Array.from(labels), images: new Uint8Array(), columns: {} };
}

const seeds = Array.from({ length: 30 }, (_, seed) => seed);

test('labels of one convention are taken for two as rarely as p says', () => {
  const compared = seeds.map((seed) => compareConventions(facesOf({ rows: 200, seed }))!);
  expect(compared.filter(({ differ }) => differ)).toEqual([]);
  // The smallest p of a table is that of its largest T², so it is below 0.2 in a fifth of all tables.
  const smallest = compared.map(({ points }) => Math.min(...points.map(({ p }) => p)));
  const low = smallest.filter((p) => p <= 0.2).length;
  expect(low).toBeGreaterThan(1);
  expect(low).toBeLessThan(13);
});

test('a lip that is marked lower is found, and how much', () => {
  const compared = seeds.map((seed) => compareConventions(facesOf({ rows: 300, seed, lower: 3 }))!);
  expect(compared.every(({ differ }) => differ)).toBe(true);
  const lips = compared.map(({ points }) => points.find(({ name }) => name === 'lip')!);
  for (const { p } of lips) expect(p).toBe(0.001);
  // Scale and place follow the lip in part, so that its own difference is smaller.
  const mean = lips.reduce((sum, { y }) => sum + y, 0) / lips.length;
  expect(mean).toBeGreaterThan(0.9);
  expect(mean).toBeLessThan(3);
  const spread = Math.sqrt(lips.reduce((sum, { y }) => sum + (y - mean) ** 2, 0) / lips.length);
  const said = lips.reduce((sum, { yError }) => sum + yError, 0) / lips.length;
  expect(said / spread).toBeGreaterThan(0.7);
  expect(said / spread).toBeLessThan(1.4);
});

test('a sure difference that is too small to matter is none', () => {
  const { differ, points } = compareConventions(facesOf({ rows: 6000, seed: 1, lower: 0.5 }))!;
  expect(points.find(({ name }) => name === 'lip')!.p).toBeLessThanOrEqual(0.01);
  expect(differ).toBe(false);
});

test('rows of one person count once where groups are given', () => {
  const options = { rows: 1600, alike: 20 };
  const person = Uint32Array.from({ length: 1600 }, (_, row) => Math.floor(row / 20));
  const fired = (groups?: Uint32Array): number =>
    seeds.filter((seed) => compareConventions(facesOf({ ...options, seed }), groups)!.differ)
      .length;
  expect(fired(person)).toBeLessThanOrEqual(1);
  expect(fired()).toBeGreaterThan(10);
  expect(compareConventions(facesOf({ ...options, seed: 1 }), person)!.groups).toBe(80);
});

test('there is nothing to compare where patterns are not two, or rows and points too few', () => {
  const faces = facesOf({ rows: 200, seed: 1 });
  const values = 2 * NAMES.length;
  const whole = faces.labels.map((value, i) =>
    Number.isNaN(value) ? REST[(i % values) - 8]! : value,
  );
  expect(compareConventions({ ...faces, labels: whole })).toBeUndefined();
  expect(compareConventions(facesOf({ rows: 40, seed: 1 }))).toBeUndefined();
  const unnosed = faces.labels.map((value, i) =>
    [4, 5, 6, 7].includes(i % values) ? Number.NaN : value,
  );
  expect(compareConventions({ ...faces, labels: unnosed })).toBeUndefined();
});

const folder = fileURLToPath(new URL('../../../shared/faces/', import.meta.url));
test.skipIf(!existsSync(folder))(
  'real faces of one convention, by row and by person (skipped without ../shared/faces)',
  async () => {
    const faces = await readTable(`${folder}training.zip`);
    const groups = await readGroups(`${folder}groups.csv`, faces);
    const byRow = compareConventions(faces)!;
    const byPerson = compareConventions(faces, groups)!;
    expect(byRow).toMatchObject({ rows: { few: 2234, many: 1080 }, groups: 3314, differ: false });
    expect(byPerson).toMatchObject({ groups: 277, differ: false });
    for (const { p } of [...byRow.points, ...byPerson.points]) expect(p).toBeGreaterThan(0.05);
  },
);
