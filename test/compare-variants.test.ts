import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readHistory, readRecipe } from '../src/node/run-folder.ts';
import { fiducial } from './fiducial.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fiducial-variants-'));
  await fiducial(folder, 'synth', '--rows', '60', '--out', 'faces.csv');
});
afterAll(() => rm(folder, { recursive: true }));

const compare = (...args: string[]) => fiducial(folder, 'compare', ...args);
/** The drawn faces have gaps. */
const COMMON = 'rows=all loss=maskedMeanSquaredError';

describe('fiducial compare with --data', () => {
  test('trains every variant, prints a table and draws one figure', async () => {
    const args = ['start', '--data', 'faces.csv', '--epochs', '2', '--vary', 'rule=sgd,adam'];
    const { code, stdout, stderr } = await compare(...args, '--runs', 'rules');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^sgd +sgd +0\.01 +[12] of 2 +\d+\.\d{3} +\d+\.\d$/m);
    expect(stdout).toMatch(/^adam +adam +0\.001 +[12] of 2 +\d+\.\d{3} +\d+\.\d$/m);
    const recipe = await readRecipe(join(folder, 'rules', 'adam'));
    expect([recipe.rule.type, recipe.learningRate, recipe.epochs]).toEqual(['adam', 0.001, 2]);
    const svg = await readFile(join(folder, 'rules', 'compare.svg'), 'utf8');
    expect(svg.match(/<g class="series">/g)).toHaveLength(4);
    expect(svg).toContain('Learning rates: sgd 0.01, adam 0.001.');
  });

  test('variants start from the same weights on the same rows', async () => {
    const still = (rule: string) => ['--set', `rule=${rule} learningRate=0 ${COMMON}`];
    const { code } = await compare(
      ...['net1', '--data', 'faces.csv', '--epochs', '1', '--runs', 'still'],
      ...[...still('sgd'), ...still('adam')],
    );
    expect(code).toBe(0);
    const [one, other] = await Promise.all(
      ['sgd', 'adam'].map((rule) =>
        readHistory(
          join(folder, 'still', `rule=${rule}_learningRate=0_rows=all_loss=maskedMeanSquaredError`),
        ),
      ),
    );
    expect(one![0]!.validLoss).toBe(other![0]!.validLoss);
    expect(one![0]!.trainLoss).toBe(other![0]!.trainLoss);
  });

  test('one that diverges does not stop the others', async () => {
    const { code, stdout, stderr } = await compare(
      ...['start', '--data', 'faces.csv', '--epochs', '1', '--runs', 'wild', '--out', 'wild.svg'],
      ...['--vary', 'learningRate=1e38,0.001'],
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/^1e38: epoch 1\b.*: .* diverged$/m);
    expect(stdout).toMatch(/^1e38 +adam +1e\+38 +- +-/m);
    expect(stdout).toMatch(/^0\.001 +adam +0\.001 +1 of 1/m);
    expect(await readFile(join(folder, 'wild.svg'), 'utf8')).not.toContain('NaN');
  });

  test.each([
    [['net1', '--vary', 'rule=sgd,adam'], 'Say on what: --data'],
    [['net1', 'net2', '--data', 'faces.csv', '--vary', 'rule=sgd'], '2 recipes are given'],
    [['net1', '--data', 'faces.csv'], 'nothing to compare'],
    [['net1', '--data', 'faces.csv', '--vary', 'rule=sgd,adan'], 'rule=adan'],
    [['net1', '--data', 'faces.csv', '--vary', 'seed=1,2,3,4,5,6,7'], '7 variants'],
    [['start', '--data', 'faces.csv', '--vary', 'rule=sgd', '--runs', 'rules'], 'a run already'],
    [['keras-top', '--data', 'faces.csv', '--vary', 'seed=1,2'], 'those of a trained keras6'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await compare(...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
  });
});
