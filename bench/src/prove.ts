import { availableParallelism } from 'node:os';
import { exitCodes, reportError } from '@elucidate/shell/exit';
import { collect, json, wholeNumber } from '@elucidate/shell/options';
import { createProgram } from '@elucidate/shell/program';
import { proofCases } from '@elucidate/training/proofs/cases';
import { prove } from '@elucidate/training/proofs/prove';
import { holds, markdown } from '@elucidate/training/proofs/report';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** `npm run prove`: whether a small network learns with every part of the design space. */

const examples = `
Examples:
  $ npm run prove
  $ npm run prove -- --only cosine --only 'v linear'
  $ npm run prove -- --workers 4 --json > proofs.json

Exit codes: 0 every result as expected, 1 some not, 2 invalid options.`;

const program = (): Command => createProgram('npm run prove --', import.meta.url)
  .description('Trains a small network with every part of the design space until its samples pass a two-sample test.')
  .addOption(new Option('--only <words>', 'only the controls and the cases whose names contain these words; repeatable').argParser(namedCases))
  .addOption(new Option('--workers <n>', 'number of processes, each on one core').argParser(wholeNumber(1, 1024)).default(availableParallelism(), 'the number of cores'))
  .addOption(json('print the results as JSON'))
  .option('--list', 'print the names of the cases')
  .addHelpText('after', examples);

function namedCases(words: string, before: string[] | undefined): string[] {
  if (!proofCases.some(({ name }) => name.includes(words))) throw new InvalidArgumentError(`no case has ${JSON.stringify(words)} in its name; --list prints all names.`);
  return collect(words, before ?? []);
}

async function main(): Promise<void> {
  const { only, workers, json: asJson, list } = program().parse().opts<{ only?: string[]; workers: number; json?: boolean; list?: boolean }>();
  const chosen = proofCases.flatMap(({ name }, index) => ((only ?? ['']).some((words) => name.includes(words)) ? [index] : []));
  if (list) {
    console.log(chosen.map((index) => proofCases[index]!.name).join('\n'));
    return;
  }
  const report = await prove(chosen, { workers, say: (line) => void process.stderr.write(`${line}\n`) });
  console.log(asJson ? JSON.stringify(report, undefined, 2) : markdown(report));
  if (!holds(report)) process.exitCode = exitCodes.failed;
}

main().catch((error: unknown) => {
  process.exitCode = reportError(error);
});
