import { type BackendChoice, backendChoices } from '@elucidate/engine/backend';
import { flatMemory } from '@elucidate/engine/flat-memory';
import { exitCodes, reportError } from '@elucidate/shell/exit';
import { backend, wholeNumber } from '@elucidate/shell/options';
import { createProgram } from '@elucidate/shell/program';
import { type Command, Option } from 'commander';

/** `npm run -w @elucidate/bench flat-memory`: whether the memory of an engine stays constant while a network trains. */

const examples = `
Examples:
  $ npm run -w @elucidate/bench flat-memory
  $ npm run -w @elucidate/bench flat-memory -- --backend native --threads 2 --steps 2000

Exit codes: 0 constant, 1 not, 2 invalid options, 3 the engine is not installed.`;

const program = (): Command => createProgram('npm run -w @elucidate/bench flat-memory --', import.meta.url)
  .description('Trains a tiny network for many steps and prints its memory use along the way: tensors and WebAssembly memory should stay constant.')
  .addOption(new Option('--steps <n>', 'number of training steps').argParser(wholeNumber(1, 10_000_000)).default(10_000))
  .addOption(backend(backendChoices, 'simd'))
  .addOption(new Option('--threads <n>', 'threads to compute with').argParser(wholeNumber(1, 1024)).default(1))
  .addHelpText('after', examples);

async function main(): Promise<void> {
  const settings = program().parse().opts<{ steps: number; backend: BackendChoice; threads: number }>();
  if (!(await flatMemory(settings, console.log))) process.exitCode = exitCodes.failed;
}

main().catch((error: unknown) => {
  process.exitCode = reportError(error);
});
