import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { ablationNamesText, expectedTable, isAblationName, type AblationName } from '@elucidate/experiment/ablations';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { PaperFormat } from '@elucidate/experiment/render-paper';
import { tableFormats } from '@elucidate/experiment/table-text';
import { backendChoices } from '@elucidate/engine/backend';
import { backend, collect, json, threads, wholeNumber } from '@elucidate/shell/options';
import { examples } from '@elucidate/shell/program';
import { stageKinds, stageStates } from '@elucidate/experiment/stages';
import { workPaths } from '@elucidate/experiment/plot-work';
import { isMetricKey, metricKeysText } from '@elucidate/experiment/metric-requests';
import { exportFormats } from '../export-formats.js';
import type { TableOptions } from '../commands/table.js';
import { api, evaluator, format, images, lazily, local, newestSweep, paperFormat, renamed, scale } from './options.js';

/** watch, status, decisions, failures, ledger, stages, logs, leaderboard, table, plot, pareto, effects, ladder, show, provenance, verify, export, score, import, imports, report, samples, trials: commands that read a submitted sweep. */
export function resultCommands(program: Command): void {
  program.command('watch').addArgument(newestSweep()).description('follow a sweep until it ends, then print its tables')
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('watch', 'watch 3f2a9c01b7de', 'watch quickstart'))
    .action(lazily(async () => (await import('../commands/watch.js')).watch));

  program.command('status').argument('[sweep]', 'its id or the first 6 digits of it, or its name if no other sweep has it (default: all are listed)').description('list all sweeps, or show one with its stages by kind')
    .option('--watch', 'follow one until it ends, the newest unless named, as `elucidate watch` does').addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('status', 'status quickstart', 'status 3f2a9c01b7de --json'))
    .action(lazily(async () => (await import('../commands/status.js')).status));

  program.command('decisions').addArgument(newestSweep()).description('what a race decided, look by look: which configurations got no more seeds, or were trained no longer')
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('decisions', 'decisions race', 'decisions 3f2a9c01b7de --json'))
    .action(lazily(async () => (await import('../commands/decisions.js')).decisions));

  program.command('failures').addArgument(newestSweep()).description('what failed in a sweep, grouped into its causes: how often, where, what the stages have in common, and what that points to')
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('failures', 'failures 3f2a9c01b7de --json'))
    .action(lazily(async () => (await import('../commands/failures.js')).failures));

  program.command('ledger').argument('[sweep]', 'its id or the first 6 digits of it, or its name if no other sweep has it (default: all, with a sum for each owner)').description('what was spent in device-hours, an hour of one slot each: useful, wasted and why, saved because trials share stages, reused from earlier sweeps; every attempt is counted for one sweep')
    .option('--owner <owner>', 'only sweeps of this owner').addOption(api()).addOption(local()).addOption(json('print JSON, times in seconds'))
    .addHelpText('after', examples('ledger', 'ledger quickstart', 'ledger --owner ann --json'))
    .action(lazily(async () => (await import('../commands/ledger.js')).ledger));

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
    .addOption(format()).addOption(metric()).addOption(new Option('--top <n>', 'print only the first rows (default: all; of all sweeps 50)').argParser(wholeNumber(1, 1e6)))
    .option('--keep <parameter:label>', 'only configurations with this value, by its label in the table; repeatable: any of several values of one parameter, all of several parameters', collect, [] as string[])
    .option('--all-sweeps', 'the configurations of all sweeps: those of one evaluator and n are ranked together').option('--imported', 'and beside it, marked, what was imported of the metric').addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('leaderboard', 'leaderboard --metric kid', 'leaderboard --keep sampler:heun --top 5', 'leaderboard --all-sweeps --metric kid', 'leaderboard 3f2a9c01b7de --format csv > board.csv'))
    .action(lazily(async () => (await import('../commands/leaderboard.js')).leaderboard));

  const table = program.command('table').description('an ablation table of a sweep, in the form papers print; or, with --paper, a published table with ours beside it')
    .addArgument(new Argument('[name]', ablationNamesText).argParser(oneOfTables)).addArgument(newestSweep())
    .option('--paper <table>', 'a published table instead, such as chen2023-table3, in its own layout and with its rule for bold').option('--list', 'list the published tables')
    .option('--sweep <sweep>', 'whose figures to put beside the published ones (default: the newest sweep that has any)')
    .addOption(paperFormat()).addOption(metric())
    .option('--fixed <parameter:label>', 'fix a parameter at a value, by its label in the caption; repeatable', collect, [] as string[]).addOption(renamed('--hold <parameter:label>', '--fixed')).addOption(images()).addOption(evaluator())
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('table noise-schedule', 'table sampler --metric kid --format latex', 'table discretisation-by-sampler', 'table noise-schedule --fixed sampler:heun --fixed steps:10', 'table --list', 'table --paper chen2023-table3 --sweep 3f2a9c01b7de --format latex'))
    .action(anyTable);

  table.command('verify').description('check that the published figures in the database equal the checked-in files, and that every verdict on ours follows from its numbers; exits with 3 if not')
    .option('--sweep <sweep>', 'whose figures to check (default: for each table the newest sweep that has any)')
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('table verify', 'table verify --sweep 3f2a9c01b7de --json'))
    .action(async (_options: unknown, command: Command) => (await import('../commands/paper-table.js')).verifyPapers(command.optsWithGlobals()));

  const plot = program.command('plot').addArgument(newestSweep()).description('draw a metric of a sweep against what it varies: a line for each value of another axis, shaded over its 95 % interval, single trials as small dots, a panel for each of a third; SVG and PNG')
    .addOption(metric())
    .option('--x <axis>', 'what to draw it against: a parameter, a value inside one such as sampler.kind, nfe, or measured device-seconds: sampleSeconds, totalSeconds (default: chosen by what varies, as the other axes)')
    .option('--y <axis>', 'a second axis, which makes a heat map')
    .option('--lines <axis>', 'a line for each value; none: one line').option('--facets <axis>', 'a panel for each value; none: one panel')
    .option('--fixed <axis:label>', 'fix what else varies, by its label in tables; repeatable (default: what has the most scores and, of those, the best mean)', collect, [] as string[]).addOption(images()).addOption(evaluator())
    .option('--log-x', 'a logarithmic x axis (default: if its numbers span a factor of 16)').option('--no-log-x', 'a linear x axis').option('--log-y', 'a logarithmic y axis')
    .option('--out <file>', 'where to write, .svg or .png (default: both, in results/<sweep> of ELUCIDATE_HOME)')
    .addOption(new Option('--csv', 'print the points as CSV; draws only if --out says where').conflicts('json'))
    .addOption(api()).addOption(local()).addOption(json('print the numbers as JSON; draws only if --out says where'))
    .addHelpText('after', examples('plot', 'plot --metric kid --x inputScale --lines sampler --facets steps', 'plot --x nfe --lines sampler.kind --log-x --out fid-by-work.png', 'plot --x inputScale --y sampler --fixed steps:10', 'plot 3f2a9c01b7de --csv > points.csv'))
    .action(lazily(async () => (await import('../commands/plot.js')).plot));

  program.command('effects').addArgument(newestSweep()).description('what matters in a sweep: analysis of variance over what it varies, main effects and interactions with intervals, seeds as blocks')
    .addOption(metric()).addOption(scale()).addOption(format())
    .option('--out <file>', 'draw a picture as well, .svg or .png').addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('effects', 'effects --metric kid --out what-matters.png', 'effects 3f2a9c01b7de --scale log --format latex'))
    .action(lazily(async () => (await import('../commands/effects.js')).effects));

  program.command('ladder').addArgument(newestSweep()).description('configurations one change at a time, each with its paired difference to the one before it: in the order of a file that lists them, or as --from or --steps says')
    .addOption(new Option('--from <cell>', 'from this configuration, by its id or `best`, to each that differs from it in one parameter').conflicts('steps'))
    .addOption(new Option('--steps <cells>', 'these configurations in this order, by their ids, separated by commas').argParser((text: string) => text.split(',').map((part) => part.trim())))
    .addOption(metric()).addOption(scale()).addOption(format()).addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('ladder edm-ladder', 'ladder --from best', 'ladder --from 4f1c09ab --metric kid --format latex', 'ladder 3f2a9c01b7de --steps 4f1c09ab,77ab01c2,90fe1234'))
    .action(lazily(async () => (await import('../commands/ladder.js')).ladder));

  plot.command('losses').addArgument(newestSweep()).description('draw the losses of the training runs of a sweep, a line each; SVG and PNG')
    .option('--out <file>', 'where to write, .svg or .png (default: both, in results/<sweep> of ELUCIDATE_HOME)').addOption(new Option('--csv', 'print the points as CSV').conflicts('json'))
    .addOption(api()).addOption(local()).addOption(json('print the numbers as JSON; draws only if --out says where'))
    .addHelpText('after', examples('plot losses', 'plot losses quickstart --out losses.png', 'plot losses --csv > losses.csv'))
    .action(async (id: string | undefined, _options: unknown, command: Command) => (await import('../commands/plot-losses.js')).plotLosses(id, command.optsWithGlobals()));

  plot.command('trajectories').addArgument(newestSweep()).description("draw a metric of the network's estimate of the image, x0-hat, at every step of sampling, a line for each configuration; for sweeps with evaluate.trajectory: true")
    .addOption(metric()).option('--out <file>', 'where to write, .svg or .png (default: both, in results/<sweep> of ELUCIDATE_HOME)').addOption(new Option('--csv', 'print the points as CSV').conflicts('json'))
    .addOption(api()).addOption(local()).addOption(json('print the numbers as JSON; draws only if --out says where'))
    .addHelpText('after', examples('plot trajectories', 'plot trajectories --metric kid --json'))
    .action(async (id: string | undefined, _options: unknown, command: Command) => (await import('../commands/plot-trajectories.js')).plotTrajectories(id, command.optsWithGlobals()));

  plot.command('sizes').addArgument(newestSweep()).description('draw a metric of the best configurations against the number of images that it is computed from, all from the same features, with FID extrapolated to infinitely many; for sweeps that score several n, or fidinf')
    .addOption(metric()).option('--out <file>', 'where to write, .svg or .png (default: both, in results/<sweep> of ELUCIDATE_HOME)').addOption(new Option('--csv', 'print the points as CSV').conflicts('json'))
    .addOption(api()).addOption(local()).addOption(json('print the numbers as JSON; draws only if --out says where'))
    .addHelpText('after', examples('plot sizes', 'plot sizes --metric kid --out kid-by-n.svg'))
    .action(async (id: string | undefined, _options: unknown, command: Command) => (await import('../commands/plot-sizes.js')).plotSizes(id, command.optsWithGlobals()));

  plot.command('parallel').addArgument(newestSweep()).description('draw the configurations of a sweep across all that it varies, NFE and its metrics, a line each: parallel coordinates; SVG and PNG')
    .option('--scale <axis:scale>', 'how an axis is drawn: linear, log, or quantile, at equal shares of the configurations; repeatable (default: by its range)', collect, [] as string[])
    .option('--without <axis>', 'an axis that is not drawn; repeatable', collect, [] as string[])
    .option('--out <file>', 'where to write, .svg or .png (default: both, in results/<sweep> of ELUCIDATE_HOME)').addOption(new Option('--csv', 'print the lines as CSV').conflicts('json'))
    .addOption(api()).addOption(local()).addOption(json('print the numbers as JSON; draws only if --out says where'))
    .addHelpText('after', examples('plot parallel', 'plot parallel --scale fid:log --without nfe', 'plot parallel quickstart --out parallel.svg'))
    .action(async (id: string | undefined, _options: unknown, command: Command) => (await import('../commands/plot-parallel.js')).plotParallel(id, command.optsWithGlobals()));

  program.command('pareto').addArgument(newestSweep()).description('the best configuration of a sweep for every budget of evaluations or device-seconds, and what cannot be told apart from it')
    .addOption(new Option('--by <cost>', 'evaluations of the network for each image; measured seconds of sampling; or of training and sampling').choices([...workPaths]).default('nfe'))
    .addOption(format()).addOption(metric())
    .option('--fixed <axis:label>', 'only configurations with this, by its label in tables; repeatable', collect, [] as string[])
    .option('--out <file>', 'draw the front into a .svg or .png').option('--log-x', 'a logarithmic x axis (default: if its numbers span a factor of 16)').option('--no-log-x', 'a linear x axis').option('--log-y', 'a logarithmic y axis')
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('pareto', 'pareto --by sampleSeconds --out front.svg', 'pareto quickstart --metric kid --fixed inputScale:0.5 --format csv'))
    .action(lazily(async () => (await import('../commands/pareto.js')).pareto));

  program.command('show [cell]').description('one configuration, by its id as `elucidate trials` prints it or by --rank: its values, scores, seeds, stages, weights and pictures, and the command that computes it again')
    .option('--sweep <sweep>', 'its id or the first 6 digits of it, or its name if no other sweep has it (default: the newest that has the configuration)')
    .addOption(new Option('--rank <n>', 'the configuration of this rank in the leaderboard (default: 1, if no id is given)').argParser(wholeNumber(1, 1e9))).addOption(metric())
    .option('--spec', 'print a sweep file of this configuration alone').option('--out <dir>', 'save its weights (safetensors), losses, previews and samples in a folder, and a picture of the losses')
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('show', 'show 4f1c09ab', 'show --rank 2 --metric kid', 'show --rank 2 --sweep 3f2a9c01b7de --out second-best', 'show 4f1c09ab --spec > one.json', 'show 4f1c09ab --json'))
    .action(lazily(async () => (await import('../commands/show.js')).show));

  program.command('provenance <result>').description('everything behind a number: the spec and seeds of its trial, what decides what it compares with, and for each stage it comes from the attempt, worker, device, versions and hashes; and how to compute it again. A result is a stage, by the first 8 digits of its id or more, as the column `score` of `elucidate trials` has them')
    .option('--spec', 'print a sweep file of its trial alone').addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('provenance 715111c3', 'provenance 715111c3 --spec > one.json', 'provenance 715111c3 --json'))
    .action(lazily(async () => (await import('../commands/provenance.js')).provenance));

  program.command('verify <result>').description('compute a stored result again, in a folder that is removed afterwards, and say what agrees, byte for byte and number for number; exits with 1 if something does not')
    .option('--chain', 'every stage that it comes from too, each from those made again (default: that stage, from its stored inputs)')
    .addOption(new Option('--tolerance <relative>', 'how far numbers may be apart, and that bytes may differ: for another engine').argParser(fraction).default(0))
    .addOption(threads()).addOption(backend(backendChoices)).addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('verify cbd9abda', 'verify cbd9abda --chain', 'verify cbd9abda --chain --backend native --tolerance 1e-3'))
    .action(lazily(async () => (await import('../commands/verify.js')).verify));

  program.command('export').argument('<file>', 'where to write').addArgument(newestSweep()).description('write the trials of a sweep for other tools: a journal of Optuna, or all columns as CSV, JSON, NDJSON or Parquet')
    .addOption(new Option('--format <format>', 'what to write (default: by the end of the name, .csv, .json, .ndjson or .parquet)').choices([...exportFormats])).addOption(metric())
    .addOption(api()).addOption(local())
    .addHelpText('after', examples('export --format optuna study.log', 'export trials.parquet 3f2a9c01b7de'))
    .action(lazily(async () => (await import('../commands/export.js')).exportTrials));

  program.command('score <features...>').description('score features that were computed elsewhere, by any extractor: a .npy, .npz or .safetensors file [images, features] for each generator; stores nothing')
    .requiredOption('--against <file>', 'features of real images that no generator was trained on, such as the test split')
    .addOption(new Option('--metrics <metrics>', `comma-separated, each ${metricKeysText} or "precision(k 5)"`).argParser(listOfMetrics).default(['fid', 'kid'], 'fid,kid'))
    .option('--extractor <name>', 'what computed the features of all files: it is part of the fingerprint (default: what files of `elucidate` say themselves)')
    .option('--training <file>', 'features of training images: for real-data baselines, and for ct')
    .option('--labels <file>', 'the class of each image of --against, whole numbers, for metrics of classes')
    .addOption(format()).addOption(json())
    .addHelpText('after', examples(
      'score generated.npy --against test.npy --extractor dinov2-vitl14',
      'score seed1.npz seed2.npz --against real.npz:test --training real.npz:train --extractor clip-vitl14 --metrics cmmd,precision,recall,density,coverage,vendi,ct',
      'score ours.npy theirs.npy --against test.npy --extractor dinov2-vitl14 --format csv > scores.csv   # for `elucidate import scores.csv --metric fid --source ...`',
    ))
    .action(lazily(async () => (await import('../commands/score.js')).score));

  program.command('import <file>').description('keep results that were computed elsewhere, a CSV, JSON or NDJSON file with a row for each score, apart from ours; with what you declare of them')
    .addOption(new Option('--metric <metric>', `what the scores are: ${metricKeysText}`).argParser(oneOfMetrics).makeOptionMandatory())
    .requiredOption('--source <text>', 'where they come from: a paper and its table, a commit, an address')
    .option('--evaluator <evaluator>', 'the fingerprint of an evaluator of ours, if theirs is the same; else its name (default: a column `evaluator`)')
    .addOption(new Option('--n <images>', 'images that each score is of (default: a column `n`; else unknown)').argParser(wholeNumber(1, 2 ** 31 - 1)))
    .option('--column <name>', "the column of the scores (default: the metric's name)").addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples("import edm.csv --metric fid --evaluator 'Inception pool3' --n 50000 --source 'arXiv 2206.00364, Table 2'", 'import trials.csv --metric kid --source "their cluster, commit 3f2a9c0"'))
    .action(lazily(async () => (await import('../commands/imports.js')).importFile));

  program.command('imports [id]').description('what was imported, or one import with its rows')
    .option('--delete', 'delete it, with its rows').addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('imports', 'imports 1f0c77a2b3c4', 'imports 1f0c77a2b3c4 --delete'))
    .action(lazily(async () => (await import('../commands/imports.js')).imports));

  program.command('report').addArgument(newestSweep()).description('write the report of a sweep: pictures, tables, leaderboard, samples, provenance in one HTML file, and the pictures beside it')
    .option('--out <file>', 'only the report, in this file (default: results/<sweep> in ELUCIDATE_HOME)').addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('report', 'report 3f2a9c01b7de --out report.html'))
    .action(lazily(async () => (await import('../commands/report.js')).report));

  program.command('samples').addArgument(newestSweep()).description('save the generated images of the best configurations of a sweep, a sheet each, and beside it the nearest training images where ct is scored')
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

function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < 1)) throw new InvalidArgumentError('expected a number from 0 to 1, such as 1e-6.');
  return value;
}

/** Which metric ranks. */
export const metric = (): Option => new Option('--metric <metric>', `${metricKeysText} (default: the first of them that the sweep requests)`).argParser(oneOfMetrics);

/** Metrics' keys; a comma within brackets is part of one. */
const listOfMetrics = (text: string): string[] => [...new Set(text.split(/,\s*(?![^(]*\))/).map(oneOfMetrics))];

function oneOfMetrics(text: string): string {
  if (!isMetricKey(text)) throw new InvalidArgumentError(`expected ${metricKeysText}.`);
  return text;
}
