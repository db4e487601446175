import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { ablationNamesText, expectedTable, isAblationName, type AblationName } from '@elucidate/experiment/ablations';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { PaperFormat } from '@elucidate/experiment/render-paper';
import { tableFormats } from '@elucidate/experiment/table-text';
import { collect, json, wholeNumber } from '@elucidate/shell/options';
import { examples } from '@elucidate/shell/program';
import { stageKinds, stageStates } from '@elucidate/experiment/stages';
import { isMetricKey, metricKeysText } from '@elucidate/experiment/metric-requests';
import type { TableOptions } from '../commands/table.js';
import { api, format, lazily, local, newestSweep, paperFormat, renamed } from './options.js';

/** watch, status, failures, stages, logs, leaderboard, table, plot, show, report, samples, trials: commands that read a submitted sweep. */
export function resultCommands(program: Command): void {
  program.command('watch').addArgument(newestSweep()).description('follow a sweep until it ends, then print its tables')
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('watch', 'watch 3f2a9c01b7de', 'watch quickstart'))
    .action(lazily(async () => (await import('../commands/watch.js')).watch));

  program.command('status').argument('[sweep]', 'its id, or its name if no other sweep has it (default: all are listed)').description('list all sweeps, or show one with its stages by kind')
    .option('--watch', 'follow one until it ends, the newest unless named, as `elucidate watch` does').addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('status', 'status quickstart', 'status 3f2a9c01b7de --json'))
    .action(lazily(async () => (await import('../commands/status.js')).status));

  program.command('failures').addArgument(newestSweep()).description('what failed in a sweep, grouped into its causes: how often, where, what the stages have in common, and what that points to')
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('failures', 'failures 3f2a9c01b7de --json'))
    .action(lazily(async () => (await import('../commands/failures.js')).failures));

  program.command('stages').addArgument(newestSweep()).description('the stages of a sweep in the order of its plan, with the ids that `elucidate logs` and `retry --stage` take, states, times and workers')
    .addOption(new Option('--kind <kind>', 'only stages of this kind').choices([...stageKinds])).addOption(new Option('--state <state>', 'only stages in this state').choices([...stageStates]))
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('stages', 'stages quickstart --kind train', 'stages 3f2a9c01b7de --state failed --json'))
    .action(lazily(async () => (await import('../commands/stages.js')).stages));

  program.command('logs <stage>').description('print the log of an attempt at a stage, by the first 8 digits of its id or more, as `elucidate stages` lists them; also of one that still runs, or whose worker was killed')
    .addOption(new Option('--attempt <n>', 'the attempt, as `elucidate failures` names it (default: the last that left a log)').argParser(wholeNumber(1, 1e9)))
    .option('--follow', 'go on until the attempt has ended').addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('logs 3f2a9c01', 'logs 3f2a9c01 --attempt 2', 'logs 3f2a9c01 --follow'))
    .action(lazily(async () => (await import('../commands/logs.js')).logs));

  program.command('leaderboard').addArgument(newestSweep()).description('the scores of each configuration of a sweep, best first')
    .addOption(format()).addOption(metric()).addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('leaderboard', 'leaderboard --metric kid', 'leaderboard 3f2a9c01b7de --format csv > board.csv'))
    .action(lazily(async () => (await import('../commands/leaderboard.js')).leaderboard));

  const table = program.command('table').description('an ablation table of a sweep, in the form papers print; or, with --paper, a published table with ours beside it')
    .addArgument(new Argument('[name]', ablationNamesText).argParser(oneOfTables)).addArgument(newestSweep())
    .option('--paper <table>', 'a published table instead, such as chen2023-table3, in its own layout and with its rule for bold').option('--list', 'list the published tables')
    .option('--sweep <sweep>', 'whose figures to put beside the published ones (default: the newest sweep that has any)')
    .addOption(paperFormat()).addOption(metric())
    .option('--fixed <parameter:label>', 'fix a parameter at a value, by its label in the caption; repeatable', collect, [] as string[]).addOption(renamed('--hold <parameter:label>', '--fixed'))
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('table noise-schedule', 'table sampler --metric kid --format latex', 'table discretisation-by-sampler', 'table noise-schedule --fixed sampler:heun --fixed steps:10', 'table --list', 'table --paper chen2023-table3 --sweep 3f2a9c01b7de --format latex'))
    .action(anyTable);

  table.command('verify').description('check that the published figures in the database equal the checked-in files, and that every verdict on ours follows from its numbers; exits with 3 if not')
    .option('--sweep <sweep>', 'whose figures to check (default: for each table the newest sweep that has any)')
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('table verify', 'table verify --sweep 3f2a9c01b7de --json'))
    .action(async (_options: unknown, command: Command) => (await import('../commands/paper-table.js')).verifyPapers(command.optsWithGlobals()));

  program.command('plot').addArgument(newestSweep()).description('draw a metric of a sweep against what it varies: a line for each value of another axis, shaded from the lowest to the highest trial, a panel for each of a third; SVG and PNG')
    .addOption(metric())
    .option('--x <axis>', 'what to draw it against: a parameter, a value inside one such as sampler.kind, or nfe (default: chosen by what varies, as the other axes)')
    .option('--y <axis>', 'a second axis, which makes a heat map')
    .option('--lines <axis>', 'a line for each value; none: one line').option('--facets <axis>', 'a panel for each value; none: one panel')
    .option('--fixed <axis:label>', 'fix what else varies, by its label in tables; repeatable (default: what has the most scores and, of those, the best mean)', collect, [] as string[])
    .option('--log-x', 'a logarithmic x axis (default: if its numbers span a factor of 16)').option('--no-log-x', 'a linear x axis').option('--log-y', 'a logarithmic y axis')
    .option('--out <file>', 'where to write, .svg or .png (default: both, in results/<sweep> of ELUCIDATE_HOME)')
    .addOption(api()).addOption(local()).addOption(json('print the numbers as JSON; draws only if --out says where'))
    .addHelpText('after', examples('plot', 'plot --metric kid --x inputScale --lines sampler --facets steps', 'plot --x nfe --lines sampler.kind --log-x --out fid-by-work.png', 'plot --x inputScale --y sampler --fixed steps:10', 'plot 3f2a9c01b7de --json'))
    .action(lazily(async () => (await import('../commands/plot.js')).plot));

  program.command('show [cell]').description('one configuration, by its id as `elucidate trials` prints it or by --rank: its values, scores, seeds, stages, weights and pictures, and the command that computes it again')
    .option('--sweep <sweep>', 'its id, or its name if no other sweep has it (default: the newest that has the configuration)')
    .addOption(new Option('--rank <n>', 'the configuration of this rank in the leaderboard (default: 1, if no id is given)').argParser(wholeNumber(1, 1e9)))
    .option('--spec', 'print a sweep file of this configuration alone').option('--out <dir>', 'save its weights (safetensors), losses, previews and samples in a folder, and a picture of the losses')
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('show', 'show 4f1c09ab', 'show --rank 2 --sweep 3f2a9c01b7de --out second-best', 'show 4f1c09ab --spec > one.json', 'show 4f1c09ab --json'))
    .action(lazily(async () => (await import('../commands/show.js')).show));

  program.command('report').addArgument(newestSweep()).description('write the report of a sweep: pictures, tables, leaderboard, samples, provenance in one HTML file, and the pictures beside it')
    .option('--out <file>', 'only the report, in this file (default: results/<sweep> in ELUCIDATE_HOME)').addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('report', 'report 3f2a9c01b7de --out report.html'))
    .action(lazily(async () => (await import('../commands/report.js')).report));

  program.command('samples').addArgument(newestSweep()).description('save the generated images of the best configurations of a sweep, a sheet each')
    .addOption(new Option('--top <n>', 'how many configurations').argParser(wholeNumber(1, 10_000)).default(10)).addOption(metric())
    .option('--out <dir>', 'where to (default: results/<sweep>/samples in ELUCIDATE_HOME)').addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('samples', 'samples 3f2a9c01b7de --top 3 --out pictures'))
    .action(lazily(async () => (await import('../commands/samples.js')).samples));

  program.command('trials').addArgument(newestSweep()).description('every trial of a sweep, one by one: parameters, seeds, scores, stages')
    .addOption(new Option('--csv', 'all columns as CSV').conflicts(['json', 'ndjson'])).addOption(new Option('--ndjson', 'as JSON, a trial a line').conflicts('json')).addOption(json('as a JSON list'))
    .option('--out <file>', 'write to a file: .csv, .json, .ndjson or .parquet')
    .addOption(api()).addOption(local())
    .addHelpText('after', examples('trials', 'trials 3f2a9c01b7de --csv > trials.csv', 'trials --out trials.parquet'))
    .action(lazily(async () => (await import('../commands/trials.js')).trials));
}

type AnyTableOptions = Omit<TableOptions, 'format'> & { format: PaperFormat; paper?: string; list?: boolean; sweep?: string };

async function anyTable(name: AblationName | undefined, id: string | undefined, { paper, list = false, format: written, ...options }: AnyTableOptions): Promise<void> {
  if (list) return (await import('../commands/paper-table.js')).listPapers({ ...options, format: written });
  if (paper !== undefined) return (await import('../commands/paper-table.js')).paperTable({ ...options, paper, format: written });
  if (name === undefined) throw new ElucidateError('request.invalid', `Name a table: ${ablationNamesText}; or a published one with --paper, of which --list has all`);
  if (written === 'text') throw new ElucidateError('request.invalid', `--format text is for published tables, with --paper; ${name} is printed as ${tableFormats.join(', ')}`);
  return (await import('../commands/table.js')).table(name, id ?? options.sweep, { ...options, format: written });
}

function oneOfTables(text: string): string {
  if (!isAblationName(text)) throw new InvalidArgumentError(`expected ${expectedTable(text)}`.replace(/[^?]$/, '$&.'));
  return text;
}

/** Which metric ranks. */
export const metric = (): Option => new Option('--metric <metric>', `${metricKeysText} (default: the first of them that the sweep requests)`).argParser(oneOfMetrics);

function oneOfMetrics(text: string): string {
  if (!isMetricKey(text)) throw new InvalidArgumentError(`expected ${metricKeysText}.`);
  return text;
}
