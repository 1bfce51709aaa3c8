import {
  type BenchDocument,
  type BenchResult,
  type Ceiling,
  circumstances,
  measureCeiling,
} from '../../../bench/document.ts';
import { writeFileAtomically } from '../../node/write-file.ts';
import type { BenchFlags } from '../bench.ts';
import { printJson, refuseToReplace } from '../output.ts';
import { textTable } from '../text-table.ts';
import { type BenchChoice, chooseBench, ENGINE_PARTS } from './choice.ts';
import { findFacilities } from './facilities.ts';
import { benchJobs } from './jobs.ts';
import { ceilingTable, circumstancesText, type FigureTable, partTables } from './tables.ts';

/** Measures what is asked for, prints it and keeps it where `--out` says. */
export async function runBench(names: readonly string[], flags: BenchFlags): Promise<void> {
  const { out, force, json } = flags;
  if (out !== undefined) await refuseToReplace(out, force);
  const choice = await chooseBench(names, flags, await findFacilities());
  const jobs = choice.parts.map((part) => ({ part, all: benchJobs(part, choice, flags) }));
  const labels = jobs.flatMap(({ all }) => all.map(({ label }) => label));
  // Progress is no result: whoever reads JSON or a table from the standard output does not get it.
  const tell = (text: string): void => void process.stderr.write(`${text}\n`);
  const print = (lines: readonly string[]): void => {
    if (!json) process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  };
  tell(`To be measured: ${labels.join('; ')}.`);
  if (names.length === 0) tell('With others and on two cores it takes about a quarter of an hour.');

  const ceilings = await measureCeilings(choice);
  const facts = await circumstances();
  print([circumstancesText(facts), ...choice.remarks, '', '']);
  if (ceilings.length > 0) print(tableText(ceilingTable(ceilings)));
  const results: BenchResult[] = [];
  for (const { part, all } of jobs) {
    for (const { label, run } of all) {
      tell(`${results.length + 1}/${labels.length}  ${label}`);
      results.push(await run());
    }
    print(partTables(part, results, ceilings).flatMap(tableText));
  }
  const document: BenchDocument = {
    circumstances: facts,
    remarks: choice.remarks,
    ceilings,
    results,
  };
  if (json) printJson(document);
  if (out !== undefined) await writeFileAtomically(out, `${JSON.stringify(document, null, 1)}\n`);
}

async function measureCeilings({ parts, threads, builds }: BenchChoice): Promise<Ceiling[]> {
  const ceilings: Ceiling[] = [];
  if (!parts.some((part) => ENGINE_PARTS.includes(part))) return ceilings;
  for (const count of threads) {
    for (const build of builds) ceilings.push(await measureCeiling(build, count));
  }
  return ceilings;
}

const tableText = ({ title, columns, rows, notes }: FigureTable): string[] => [
  title,
  '',
  ...textTable(columns, rows),
  ...notes,
  '',
  '',
];
