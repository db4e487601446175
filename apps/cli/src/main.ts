import { exitCodesText, reportError } from '@elucidate/shell/exit';
import type { Command } from 'commander';
import { createProgram, examples } from '@elucidate/shell/program';
import { unlessStopped } from './interrupt.js';
import { editCommands } from './program/edit-commands.js';
import { hintFormats } from './program/format-flags.js';
import { keyCommands } from './program/key-commands.js';
import { ownerCommands } from './program/owner-commands.js';
import { machineCommands } from './program/machine-commands.js';
import { programCommands } from './program/program-commands.js';
import { resultCommands } from './program/result-commands.js';
import { steeringCommands } from './program/steering-commands.js';
import { storageCommands } from './program/storage-commands.js';
import { sweepCommands } from './program/sweep-commands.js';
import { workersCommands } from './program/worker-commands.js';

/** The whole command line. */
export function elucidate(): Command {
  const program = createProgram('elucidate', import.meta.url)
    .description('Design-space sweeps of diffusion models: train once, sample and score many times, answer with ablation tables.')
    .addHelpText('after', `\n${exitCodesText}\n${examples('demo', 'plan examples/quickstart.yaml', 'run --local sweep.yaml')}`);
  sweepCommands(program);
  resultCommands(program);
  steeringCommands(program);
  editCommands(program);
  machineCommands(program);
  programCommands(program);
  workersCommands(program);
  storageCommands(program);
  keyCommands(program);
  ownerCommands(program);
  hintFormats(program);
  return program;
}

/** The reader of standard output may stop before its end, as `head` does: the rest is for nobody, and no fault. */
function outliveReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
  });
}

/** Runs one command; sets the process's exit code, never throws. */
export async function main(args: readonly string[]): Promise<void> {
  outliveReader();
  try {
    await elucidate().parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.exitCode = reportError(unlessStopped(error), args.includes('--json'));
  }
}
