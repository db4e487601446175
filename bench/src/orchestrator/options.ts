import { exitCodesText } from '@elucidate/shell/exit';
import { json, listOf } from '@elucidate/shell/options';
import { createProgram } from '@elucidate/shell/program';
import { type Command, Option } from 'commander';
import { isLong, rowIds, type RowId } from './row-table.js';

export interface Options {
  /** In the order of the table. */
  rows: readonly RowId[];
  short: boolean;
  json: boolean;
}

const examples = `
Examples:
  $ npm run bench:orchestrator                              # all rows
  $ npm run bench:orchestrator -- --short                   # no sweeps of 100,000 cells, fewer stages
  $ npm run bench:orchestrator -- --rows redis-1k,bullmq-redis
  $ npm run bench:orchestrator -- --json > rows.jsonl       # the last line has stagesPerSecond of every row

Rows: ${rowIds.join(', ')}

Starts a PostgreSQL with fsync and, where redis-server is installed, a Redis. Nothing else should run on the machine meanwhile.`;

const program = (): Command => createProgram('npm run bench:orchestrator --', new URL('../orchestrator.js', import.meta.url).href)
  .description('Measures how many stages that do nothing the orchestrator runs a second, and the queues of others beside it.')
  .addOption(new Option('--rows <list>', 'rows to measure, comma-separated (default: all, with --short those of up to 10,000 cells)').argParser(listOf(rowIds)))
  .addOption(new Option('--short', 'no sweeps of 100,000 cells, and fewer stages'))
  .addOption(json('print a line of JSON for each row, and a last one with stagesPerSecond of all'))
  .addHelpText('after', `${examples}\n${exitCodesText}`);

/** Reads the command line. Throws CommanderError, after printing what is wrong, or the help if requested. */
export function parseOptions(args: readonly string[]): Options {
  const { rows: wanted, short = false, json: asJson = false } = program().parse([...args], { from: 'user' }).opts<{ rows?: RowId[]; short?: boolean; json?: boolean }>();
  return { rows: rowIds.filter((id) => (wanted ? wanted.includes(id) : !(short && isLong(id)))), short, json: asJson };
}
