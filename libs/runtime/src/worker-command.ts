import { backendChoices, type BackendChoice } from '@elucidate/engine/backend';
import { stageKinds, type StageKind } from '@elucidate/experiment/stages';
import { exitCodesText } from '@elucidate/shell/exit';
import { backend, json, listOf, numberBetween, slots, threads } from '@elucidate/shell/options';
import { createProgram, examples } from '@elucidate/shell/program';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** What the command line gives a worker. */
export interface WorkerFlags {
  backend: BackendChoice;
  slots?: number;
  threads?: number;
  kinds: readonly StageKind[];
  /** Seconds without a heartbeat after which a stage is given to another worker. */
  leaseSeconds: number;
  checkpointSeconds: number;
  /** Minutes without progress after which a stage is ended, 0 for never; by kind if absent. */
  stallMinutes?: number;
  /** Ends after so many seconds without a stage. */
  exitWhenIdle?: number;
  /** Ends after so many minutes. */
  maxTime?: number;
  /** Makes this worker's artifact store the installation's. */
  adoptArtifacts?: boolean;
  json?: boolean;
}

/** Minutes: "90", or as Slurm writes it, "1:30:00". */
function duration(text: string): number {
  const parts = text.split(':').map((part) => (/^\d+(\.\d+)?$/.test(part) ? Number(part) : NaN));
  const minutes = parts.length === 3 ? parts[0]! * 60 + parts[1]! + parts[2]! / 60 : parts.length === 1 ? parts[0]! : NaN;
  if (!(minutes > 0)) throw new InvalidArgumentError(`expected minutes, or hours:minutes:seconds, not ${JSON.stringify(text)}.`);
  return minutes;
}

const environment = `
Environment:
  DATABASE_URL         PostgreSQL, postgres://user:password@host:port/database (default of elucidate worker: the private one of ELUCIDATE_HOME, for this machine alone)
  REDIS_URL            Redis of the queue, if the API uses one; without it the queue is in PostgreSQL
  QUEUE_DATABASE_URL   PostgreSQL for the queue, if DATABASE_URL leads through a pooler in transaction mode
  ELUCIDATE_HOME       folder of checkpoints, data sets and the private PostgreSQL (default: .elucidate)
  ELUCIDATE_ARTIFACTS  artifacts, shared by the API and all workers: a folder or a file:// URL (default: artifacts in ELUCIDATE_HOME)
  LOG_FORMAT           text or json (default: text)
  ELUCIDATE_PROGRAM_MEMORY, ELUCIDATE_PROGRAM_MINUTES   gibibytes and minutes that a network that is a program may take (default: any)
  ELUCIDATE_PROGRAM_ENV   names of variables that such a program is given besides the usual ones, comma-separated
  SLURM_CPUS_PER_TASK, SLURM_JOB_END_TIME   in a Slurm job: cores to use, and when to end`;

const stopping = `
The first SIGTERM or Ctrl-C checkpoints the running stages, hands them back and exits, and so do --exit-when-idle and --max-time; another one, more than two seconds later, exits at once.`;

/** The command line of a worker: `elucidate worker` checks it before it starts anything, the worker process reads it. */
export const workerCommand = (name: string): Command => createProgram(name, import.meta.url).description('take stages from the queue and run them')
  .addOption(backend(backendChoices)).addOption(slots()).addOption(threads())
  .addOption(new Option('--kinds <list>', `kinds of stage to take, comma-separated: ${stageKinds.join(', ')}`).argParser(listOf(stageKinds)).default([...stageKinds], 'all'))
  .addOption(new Option('--lease-seconds <n>', 'seconds without a heartbeat after which a stage goes to another worker').argParser(numberBetween(1, 3600)).default(30))
  .addOption(new Option('--checkpoint-seconds <n>', 'seconds between the checkpoints of a training run').argParser(numberBetween(0, 86_400)).default(15))
  .addOption(new Option('--stall-minutes <n>', 'minutes without progress after which a stage is ended and counted; 0 for never (default: 30, of a reference 60, of a score 120)').argParser(numberBetween(0, 10_000)))
  .addOption(new Option('--exit-when-idle <seconds>', 'end after so long without a stage').argParser(numberBetween(1, 604_800)))
  .addOption(new Option('--max-time <time>', 'hand back and end after so many minutes, or hours:minutes:seconds (default: a minute before SLURM_JOB_END_TIME, where it is set)').argParser(duration))
  .addOption(new Option('--adopt-artifacts', "make this worker's artifact folder the installation's, in place of one that is lost"))
  .addOption(json('write log lines as JSON'))
  .addHelpText('after', environment)
  .addHelpText('after', examples('worker', 'worker --kinds train --backend tensorflow   # a node with one GPU', 'worker --kinds sample,embed,score           # a node without a GPU', 'worker --exit-when-idle 600 --max-time 4:00:00   # a task of a batch system'))
  .addHelpText('after', `${stopping}\n${exitCodesText}`);

/** Reads the command line of the worker process. Throws CommanderError, after printing what is wrong, or the help if requested. */
export const parseWorkerFlags = (args: readonly string[]): WorkerFlags => workerCommand('elucidate worker').parse([...args], { from: 'user' }).opts<WorkerFlags>();

/** The options given on a parsed command line, as arguments again. */
export const argumentsOf = (command: Command): string[] => command.options.flatMap((option) => {
  const name = option.attributeName();
  if (command.getOptionValueSource(name) !== 'cli') return [];
  return option.isBoolean() ? [option.long ?? ''] : [option.long ?? '', String(command.getOptionValue(name))];
});
