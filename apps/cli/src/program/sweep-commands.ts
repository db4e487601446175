import { type Command, Option } from 'commander';
import type { RunOptions } from '../commands/run.js';
import { api, backend, examples, json, lazily, profile, slots, threads, wholeNumber } from './options.js';

/** demo, plan, inspect, submit, run, schema: what begins with a sweep file, or is about one. */
export function sweepCommands(program: Command): void {
  program.command('demo').description('run the whole of elucidate on an example: database, API, workers, a sweep, its tables and pictures')
    .option('--keep', 'leave the API open until Ctrl-C')
    .option('--spec <file>', 'a sweep file of your own instead of examples/quickstart.yaml')
    .addOption(new Option('--port <port>', 'port of the API, 0 for a free one').argParser(wholeNumber(0, 65_535)).default(0))
    .addOption(slots()).addOption(threads()).addOption(backend()).addOption(json())
    .addHelpText('after', examples('demo', 'demo --keep --port 3210', 'demo --spec my-sweep.yaml --json'))
    .action(lazily(async () => (await import('../commands/demo.js')).demo));

  program.command('plan <file>').description('what a sweep would take: cells, stages, what is done already, time; submits nothing')
    .addOption(profile()).addOption(api()).addOption(json())
    .addHelpText('after', examples('plan examples/quickstart.yaml', 'plan examples/lesson-karras.yaml --profile small', 'plan sweep.yaml --json', 'plan - < sweep.yaml'))
    .action(lazily(async () => (await import('../commands/plan.js')).plan));

  program.command('inspect <file>').description("pictures of a sweep's parts, SVG and PNG: schedules, noise levels trained on, scalings, discretisations, loss weights")
    .addOption(profile()).option('--out <dir>', 'folder for them (default: inspect/<name of the sweep> in ELUCIDATE_HOME)').addOption(json())
    .addHelpText('after', examples('inspect examples/quickstart.yaml', 'inspect sweep.yaml --profile small --out pictures', 'inspect sweep.yaml --json'))
    .action(lazily(async () => (await import('../commands/inspect.js')).inspect));

  program.command('submit <file>').description('submit a sweep to an API')
    .option('--watch', 'stay until it has ended and print its tables')
    .option('--idempotency-key <key>', 'a second submission under the same key gives the same sweep')
    .addOption(profile()).addOption(api()).addOption(json())
    .addHelpText('after', examples('submit examples/quickstart.yaml --watch', 'submit sweep.yaml --api http://gpu-head:3210'))
    .action(lazily(async () => (await import('../commands/submit.js')).submit));

  program.command('run <file>').description('run a sweep to its end and print its tables; with --local here and now, without any server')
    .option('--local', 'plan, queue and run in this process and its children')
    .addOption(profile()).addOption(api()).addOption(slots()).addOption(threads()).addOption(backend()).addOption(json())
    .addHelpText('after', examples('run --local examples/quickstart.yaml', 'run --local examples/lesson-karras.yaml --profile small', 'run --local sweep.yaml --slots 1 --threads 8', 'run sweep.yaml --api http://gpu-head:3210'))
    .action(run);

  program.command('schema').description('the grammar of sweep files as JSON Schema, for completion in an editor')
    .addHelpText('after', examples('schema > sweep.schema.json'))
    .action(lazily(async () => (await import('../commands/schema.js')).schema));
}

async function run(file: string, { local: here, ...options }: RunOptions & { local?: boolean; api?: string }): Promise<void> {
  if (here) await (await import('../commands/run.js')).runLocal(file, options);
  else await (await import('../commands/submit.js')).submit(file, { ...options, watch: true });
}
