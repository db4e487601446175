import { backendChoices, type BackendChoice } from '@elucidate/engine/backend';
import { stageKinds, type StageKind } from '@elucidate/experiment/stages';
import { exitCodesText } from '@elucidate/shell/exit';
import { backend, json, listOf, numberBetween, slots, threads } from '@elucidate/shell/options';
import { createProgram, examples } from '@elucidate/shell/program';
import { type Command, Option } from 'commander';

/** What the command line gives a worker. */
export interface WorkerFlags {
  backend: BackendChoice;
  slots?: number;
  threads?: number;
  kinds: readonly StageKind[];
  /** Seconds without a heartbeat after which a stage is given to another worker. */
  leaseSeconds: number;
  checkpointSeconds: number;
  /** Makes this worker's artifact store the installation's. */
  adoptArtifacts?: boolean;
  json?: boolean;
}

const environment = `
Environment:
  DATABASE_URL         PostgreSQL, postgres://user:password@host:port/database (required)
  REDIS_URL            Redis of the queue, if the API uses one; without it the queue is in PostgreSQL
  ELUCIDATE_HOME       folder of checkpoints and data sets (default: .elucidate)
  ELUCIDATE_ARTIFACTS  artifacts, shared by the API and all workers: a folder or a file:// URL (default: artifacts in ELUCIDATE_HOME)
  LOG_FORMAT           text or json (default: text)`;

const stopping = `
The first SIGTERM or Ctrl-C checkpoints the running stages, hands them back and exits; a second one exits at once.`;

/** The command line of a worker: `elucidate worker` checks it before it starts anything, the worker process reads it. */
export const workerCommand = (name: string): Command => createProgram(name, import.meta.url).description('take stages from the queue and run them')
  .addOption(backend(backendChoices)).addOption(slots()).addOption(threads())
  .addOption(new Option('--kinds <list>', `kinds of stage to take, comma-separated: ${stageKinds.join(', ')}`).argParser(listOf(stageKinds)).default([...stageKinds], 'all'))
  .addOption(new Option('--lease-seconds <n>', 'seconds without a heartbeat after which a stage goes to another worker').argParser(numberBetween(1, 3600)).default(30))
  .addOption(new Option('--checkpoint-seconds <n>', 'seconds between the checkpoints of a training run').argParser(numberBetween(0, 86_400)).default(15))
  .addOption(new Option('--adopt-artifacts', "make this worker's artifact folder the installation's, in place of one that is lost"))
  .addOption(json('write log lines as JSON'))
  .addHelpText('after', environment)
  .addHelpText('after', examples('worker', 'worker --kinds train --backend tensorflow   # a node with one GPU', 'worker --kinds sample,embed,score           # a node without a GPU'))
  .addHelpText('after', `${stopping}\n${exitCodesText}`);

/** Reads the command line of the worker process. Throws CommanderError, after printing what is wrong, or the help if requested. */
export const parseWorkerFlags = (args: readonly string[]): WorkerFlags => workerCommand('elucidate worker').parse([...args], { from: 'user' }).opts<WorkerFlags>();

/** The options given on a parsed command line, as arguments again. */
export const argumentsOf = (command: Command): string[] => command.options.flatMap((option) => {
  const name = option.attributeName();
  if (command.getOptionValueSource(name) !== 'cli') return [];
  return option.isBoolean() ? [option.long ?? ''] : [option.long ?? '', String(command.getOptionValue(name))];
});
