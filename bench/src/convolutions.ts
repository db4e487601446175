import { type BackendName, backendNames } from '@elucidate/engine/backend';
import { backendsHere, markdown, measure, type Row } from '@elucidate/engine/benchmark';
import { reportError } from '@elucidate/shell/exit';
import { json, listOf, wholeNumber } from '@elucidate/shell/options';
import { createProgram } from '@elucidate/shell/program';
import { type Command, Option } from 'commander';

/** `npm run -w @elucidate/bench convolutions`: what a convolution costs on each backend of this machine. Whole steps: `npm run bench:engine`. */

const examples = `
Examples:
  $ npm run -w @elucidate/bench convolutions
  $ npm run -w @elucidate/bench convolutions -- --backend simd,wasm --batch 64`;

const program = (): Command => createProgram('npm run -w @elucidate/bench convolutions --', import.meta.url)
  .description('Measures what a 3x3 convolution and its gradients cost on each engine of this machine.')
  .addOption(new Option('--backend <list>', `engines to measure, comma-separated: ${backendNames.join(', ')} (default: every available CPU engine except cpu)`).argParser(listOf(backendNames)))
  .addOption(new Option('--batch <n>', 'images in a batch').argParser(wholeNumber(1, 4096)).default(32))
  .addOption(new Option('--rounds <n>', 'rounds, whose median is printed').argParser(wholeNumber(1, 1000)).default(15))
  .addOption(json())
  .addHelpText('after', examples);

async function main(): Promise<void> {
  const { backend, json: asJson, ...settings } = program().parse().opts<{ backend?: BackendName[]; batch: number; rounds: number; json?: boolean }>();
  const rows: Row[] = [];
  for (const name of backend ?? (await backendsHere())) rows.push(await measure(name, settings));
  console.log(asJson ? JSON.stringify({ node: process.versions.node, ...settings, rows }, null, 2) : markdown(rows, settings));
}

main().catch((error: unknown) => {
  process.exitCode = reportError(error);
});
