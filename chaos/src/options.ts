import { exitCodesText } from '@elucidate/shell/exit';
import { json, listOf, wholeNumber } from '@elucidate/shell/options';
import { createProgram } from '@elucidate/shell/program';
import { type Command, Option } from 'commander';
import { queues, type Queue, type Scenario } from './scenario.js';

export interface Options {
  scenarios: readonly Scenario[];
  queues: readonly Queue[];
  repeat: number;
  seed: number;
  /** Fleets that run at the same time, at most. */
  atOnce: number;
  /** File to which runs are appended. */
  results?: string;
  json: boolean;
  list: boolean;
}

const examples = `
Examples:
  $ npm run chaos -- --list
  $ npm run chaos -- --short --at-once 2                       # some of the scenarios, once each, two fleets at a time
  $ npm run chaos -- --scenario W3 --repeat 20 --seed 7        # one fault, twenty moments
  $ npm run chaos -- --scenario R1,R4 --queue redis --json     # the last line is JSON
  $ npm run chaos > table.md                                   # everything, once on each queue
  $ npm run chaos -- --repeat 20 --results runs.jsonl          # for hours; continues where it was stopped

Every run is a fleet of its own: an API and two workers as processes, a database, a folder. The seed decides the sweep, and with the number of
the repetition whom the fault hits and when. Its PostgreSQL is private, or the one at ELUCIDATE_TEST_POSTGRES; Redis is a redis-server on the PATH.
What this machine lacks (root, namespaces, libfaketime, redis-server) is skipped with the reason. Progress goes to standard error, the table to
standard output. A run whose fault took no hold is made again, three times in all. It exits with 1 if anything was lost, duplicated, wrong, or not as
promised, or if a fault never took hold.`;

interface Flags {
  scenario?: string[];
  queue: Queue | 'both';
  repeat: number;
  seed: number;
  atOnce: number;
  short?: boolean;
  results?: string;
  json?: boolean;
  list?: boolean;
}

const program = (ids: readonly string[]): Command => createProgram('npm run chaos --', import.meta.url).description('Attacks a running fleet, and counts what was lost, duplicated or wrong.')
  .addOption(new Option('--scenario <ids>', 'faults to inflict, comma-separated (default: all)').argParser(listOf(ids)))
  .addOption(new Option('--queue <name>', 'the queue of the fleet').choices([...queues, 'both']).default('both'))
  .addOption(new Option('--repeat <n>', 'runs of each scenario on each queue').argParser(wholeNumber(1, 10_000)).default(1))
  .addOption(new Option('--seed <n>', 'decides the sweep and the moments').argParser(wholeNumber(0, 1_000_000)).default(1))
  .addOption(new Option('--at-once <n>', 'fleets that run at the same time, where their faults do not disturb each other; one takes about two cores while it starts').argParser(wholeNumber(1, 16)).default(1))
  .addOption(new Option('--short', 'the short form: some scenarios, each on one queue'))
  .addOption(new Option('--results <file>', 'append each run to this file; those it holds are not repeated, and are in the table'))
  .addOption(json('end standard output with one line of JSON, instead of the table'))
  .addOption(new Option('--list', 'print the scenarios and run none'))
  .addHelpText('after', `${examples}\n${exitCodesText}`);

/** Reads the command line. Throws CommanderError, after printing what is wrong, or the help if requested. */
export function parseOptions(args: readonly string[], all: readonly Scenario[]): Options {
  const flags = program(all.map(({ id }) => id)).parse([...args], { from: 'user' }).opts<Flags>();
  const chosen = all.filter(({ id, short }) => (flags.scenario === undefined ? !flags.short || short : flags.scenario.includes(id)));
  const requested = flags.queue === 'both' ? queues : [flags.queue];
  return {
    scenarios: flags.short ? chosen.map((scenario) => ({ ...scenario, queues: scenario.queues.filter((queue) => requested.includes(queue)).slice(0, 1) })) : chosen,
    queues: requested, repeat: flags.repeat, seed: flags.seed, atOnce: flags.atOnce, json: flags.json ?? false, ...(flags.results !== undefined && { results: flags.results }), list: flags.list ?? false,
  };
}
