import { Command } from 'commander';
import { reportError } from './exit.js';
import { machineCommands } from './program/machine-commands.js';
import { examples } from './program/options.js';
import { resultCommands } from './program/result-commands.js';
import { sweepCommands } from './program/sweep-commands.js';

const exitCodesText = '\nExit codes: 0 done, 1 a sweep ended with failures, 2 bad input, 3 something the machine lacks, 130 interrupted.';

function createProgram(): Command {
  const program = new Command('elucidate').description('Design-space sweeps of diffusion models: train once, sample and score many times, answer with ablation tables.')
    .version('0.1.0').showHelpAfterError('(--help tells more)').showSuggestionAfterError().exitOverride()
    .addHelpText('after', `${exitCodesText}${examples('demo', 'plan examples/quickstart.yaml', 'run --local sweep.yaml')}`);
  sweepCommands(program);
  resultCommands(program);
  machineCommands(program);
  return program;
}

/** Runs one command; sets the process's exit code, never throws. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.exitCode = reportError(error, args.includes('--json'));
  }
}
