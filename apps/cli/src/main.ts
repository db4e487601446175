import { Command, InvalidArgumentError, Option } from 'commander';
import { tableFormats } from '@elucidate/experiment/render-table';
import { ablationNames } from '@elucidate/experiment/tables';
import { backendChoices } from '@elucidate/stages/engine-names';
import { reportError } from './exit.js';

const examples = (...lines: string[]): string => `\nExamples:\n${lines.map((line) => `  $ elucidate ${line}`).join('\n')}`;

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max) throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}, not ${JSON.stringify(text)}.`);
    return value;
  };
}

const json = (): Option => new Option('--json', 'print JSON on standard output');
const api = (): Option => new Option('--api <url>', 'address of the API (default: ELUCIDATE_API, else http://127.0.0.1:3210)');
const local = (): Option => new Option('--local', "read this folder's own database, asking no API");
const format = (): Option => new Option('--format <format>', 'how to print it').choices([...tableFormats]).default('markdown');
const backend = (): Option => new Option('--backend <name>', 'engine to compute with; `elucidate doctor` tells which are here').choices([...backendChoices]).default('auto');
const slots = (): Option => new Option('--slots <n>', 'stages at once (default: as `elucidate doctor --calibrate` measured, else one for each core, as memory allows)').argParser(wholeNumber(1, 1024));
const threads = (): Option => new Option('--threads <n>', 'threads each stage computes with (default: as measured, else 1)').argParser(wholeNumber(1, 1024));
const profile = (): Option => new Option('--profile <name>', "a form of the sweep out of the file's `profiles`: small ...");
const collect = (text: string, before: string[]): string[] => [...before, text];

function sweepCommands(program: Command): void {
  program.command('demo').description('run the whole of elucidate on an example: database, API, workers, a sweep, its tables and pictures')
    .option('--keep', 'leave the API open until Ctrl-C').option('--spec <file>', 'a sweep file of your own instead of examples/quickstart.yaml')
    .addOption(new Option('--port <port>', 'port of the API, 0 for a free one').argParser(wholeNumber(0, 65_535)).default(0)).addOption(slots()).addOption(threads()).addOption(backend()).addOption(json())
    .addHelpText('after', examples('demo', 'demo --keep --port 3210', 'demo --spec my-sweep.yaml --json')).action(async (...args: Parameters<typeof import('./commands/demo.js').demo>) => (await import('./commands/demo.js')).demo(...args));
  program.command('plan <file>').description('what a sweep would take: cells, stages, what is done already, time; submits nothing')
    .addOption(profile()).addOption(api()).addOption(json()).addHelpText('after', examples('plan examples/quickstart.yaml', 'plan examples/lesson-karras.yaml --profile small', 'plan sweep.yaml --json', 'plan - < sweep.yaml')).action(async (...args: Parameters<typeof import('./commands/plan.js').plan>) => (await import('./commands/plan.js')).plan(...args));
  program.command('inspect <file>').description("pictures of a sweep's parts, SVG and PNG: schedules, noise levels trained on, scalings, sampling grids, loss weights")
    .addOption(profile()).option('--out <dir>', 'folder for them (default: inspect/<name of the sweep> in ELUCIDATE_HOME)').addOption(json())
    .addHelpText('after', examples('inspect examples/quickstart.yaml', 'inspect sweep.yaml --profile small --out pictures', 'inspect sweep.yaml --json')).action(async (...args: Parameters<typeof import('./commands/inspect.js').inspect>) => (await import('./commands/inspect.js')).inspect(...args));
  program.command('submit <file>').description('submit a sweep to an API')
    .option('--watch', 'stay until it has ended and print its tables').option('--idempotency-key <key>', 'a second submission under the same key gives the same sweep')
    .addOption(profile()).addOption(api()).addOption(json()).addHelpText('after', examples('submit examples/quickstart.yaml --watch', 'submit sweep.yaml --api http://gpu-head:3210')).action(async (...args: Parameters<typeof import('./commands/submit.js').submit>) => (await import('./commands/submit.js')).submit(...args));
  program.command('run <file>').description('run a sweep to its end and print its tables; with --local here and now, without any server')
    .option('--local', 'plan, queue and run in this process and its children').addOption(profile()).addOption(api()).addOption(slots()).addOption(threads()).addOption(backend()).addOption(json())
    .addHelpText('after', examples('run --local examples/quickstart.yaml', 'run --local examples/lesson-karras.yaml --profile small', 'run --local sweep.yaml --slots 1 --threads 8', 'run sweep.yaml --api http://gpu-head:3210'))
    .action(async (file: string, { local: here, api: url, json: asJson, profile: form, ...options }) =>
      (here ? (await import('./commands/run.js')).runLocal(file, { ...options, json: asJson, profile: form }) : (await import('./commands/submit.js')).submit(file, { api: url, json: asJson, profile: form, watch: true })));
}

function resultCommands(program: Command): void {
  program.command('watch [sweep]').description("follow a sweep (the newest unless named) to its end, then print its tables")
    .addOption(api()).addOption(local()).addOption(json()).addHelpText('after', examples('watch', 'watch 3f2a9c01b7de')).action(async (...args: Parameters<typeof import('./commands/watch.js').watch>) => (await import('./commands/watch.js')).watch(...args));
  program.command('status [sweep]').description('all sweeps, or one with its stages by kind')
    .addOption(api()).addOption(local()).addOption(json()).addHelpText('after', examples('status', 'status 3f2a9c01b7de --json')).action(async (...args: Parameters<typeof import('./commands/status.js').status>) => (await import('./commands/status.js')).status(...args));
  program.command('leaderboard [sweep]').description('FID and KID per configuration of a sweep, the newest unless named')
    .addOption(format()).addOption(api()).addOption(local()).addOption(json()).addHelpText('after', examples('leaderboard', 'leaderboard 3f2a9c01b7de --format csv > board.csv')).action(async (...args: Parameters<typeof import('./commands/leaderboard.js').leaderboard>) => (await import('./commands/leaderboard.js')).leaderboard(...args));
  program.command('table').argument('<name>', `one of ${ablationNames.join(', ')}`, oneOfTables).argument('[sweep]', 'the newest unless named').description('an ablation table of a sweep, as the papers print them')
    .addOption(format()).addOption(new Option('--metric <metric>', 'what its entries are').choices(['fid', 'kid']).default('fid'))
    .option('--hold <parameter:label>', 'what to hold a parameter at, as the caption words it; may stand several times', collect, [] as string[])
    .addOption(api()).addOption(local()).addOption(json()).addHelpText('after', examples('table noise-schedule', 'table sampler --metric kid --format latex', 'table noise-schedule --hold sampler:heun --hold steps:10')).action(async (...args: Parameters<typeof import('./commands/table.js').table>) => (await import('./commands/table.js')).table(...args));
  program.command('cancel <sweep>').description('cancel a sweep; what is done stays').addOption(api()).addOption(local()).addOption(json()).addHelpText('after', examples('cancel 3f2a9c01b7de')).action(async (...args: Parameters<typeof import('./commands/cancel.js').cancel>) => (await import('./commands/cancel.js')).cancel(...args));
  program.command('retry <sweep>').description("try a sweep's failed stages again").addOption(api()).addOption(local()).addOption(json()).addHelpText('after', examples('retry 3f2a9c01b7de')).action(async (...args: Parameters<typeof import('./commands/cancel.js').retry>) => (await import('./commands/cancel.js')).retry(...args));
}

function machineCommands(program: Command): void {
  program.command('worker').description('take stages from the queue and run them; `elucidate worker --help` tells its options')
    .allowUnknownOption().helpOption(false).argument('[args...]').action(async (args: string[]) => (await import('./commands/foreground.js')).worker(args));
  program.command('api').description('serve the HTTP API on HOST and PORT, over DATABASE_URL or this folder\'s own database')
    .addHelpText('after', examples('api', 'api   # with DATABASE_URL, REDIS_URL, HOST, PORT in the environment: docs/operations.md')).action(async () => (await import('./commands/foreground.js')).api());
  program.command('doctor').description('what this machine has for elucidate, what it lacks, and how its cores are divided between stages')
    .option('--calibrate', 'measure which division of the cores trains fastest, in some seconds, and keep it for workers and runs here')
    .addOption(new Option('--profile [network]', 'which kernels a training spends its time in, and which fell back to JavaScript').choices(['tiny', 'small', 'base']).preset('small'))
    .addOption(threads()).addOption(backend()).addOption(json())
    .addHelpText('after', examples('doctor', 'doctor --calibrate', 'doctor --profile base --backend wasm', 'doctor --json')).action(async (...args: Parameters<typeof import('./commands/doctor.js').doctor>) => (await import('./commands/doctor.js')).doctor(...args));
  const dataset = program.command('dataset').description('data sets of your own');
  dataset.command('add <folder>').description('import a folder of PNG and JPEG files, nested or not, and print how a sweep names it')
    .addOption(new Option('--resolution <pixels>', 'size to have ready; sweeps may ask for others').argParser(imageSize).default(32))
    .addOption(new Option('--channels <n>', '1 for grey, 3 for colour').choices(['1', '3']).default('3')).addOption(json())
    .addHelpText('after', examples('dataset add ~/pictures', 'dataset add ~/pictures --resolution 64 --channels 1', 'dataset add ~/pictures --json'))
    .action(async (folder: string, { channels, ...options }: { channels: string; resolution: number; json?: boolean }) =>
      (await import('./commands/dataset.js')).addDataset(folder, { ...options, channels: channels === '1' ? 1 : 3 }));
  const extractor = program.command('extractor').description('the classifiers whose features FID and KID use');
  extractor.command('train').description('train the standard extractor again by its recipe and compare it with the one that ships')
    .addOption(new Option('--epochs <n>', 'fewer than the recipe has, for a quick look').argParser(wholeNumber(1, 100)))
    .addOption(new Option('--backend <name>', 'engine to compute with; the standard one was made on the default').choices([...backendChoices]).default('wasm')).addOption(json())
    .addHelpText('after', examples('extractor train', 'extractor train --epochs 1 --json')).action(async (...args: Parameters<typeof import('./commands/extractor.js').trainExtractor>) => (await import('./commands/extractor.js')).trainExtractor(...args));
}

function imageSize(text: string): number {
  const value = wholeNumber(8, 256)(text);
  if (value % 8 !== 0) throw new InvalidArgumentError('expected a multiple of 8.');
  return value;
}

function oneOfTables(text: string): string {
  if (!(ablationNames as readonly string[]).includes(text)) throw new InvalidArgumentError(`expected one of ${ablationNames.join(', ')}.`);
  return text;
}

function createProgram(): Command {
  const program = new Command('elucidate').description('Design-space sweeps of diffusion models: train once, sample and score many times, answer with ablation tables.')
    .version('0.1.0').showHelpAfterError('(--help tells more)').showSuggestionAfterError().exitOverride()
    .addHelpText('after', `\nExit codes: 0 done, 1 a sweep ended with failures, 2 bad input, 3 something the machine lacks, 130 interrupted.${examples('demo', 'plan examples/quickstart.yaml', 'run --local sweep.yaml')}`);
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
