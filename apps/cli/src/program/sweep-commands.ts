import { type Command, Option } from 'commander';
import type { RunOptions } from '../commands/run.js';
import { backendChoices } from '@elucidate/engine/backend';
import { backend, json, slots, threads, wholeNumber } from '@elucidate/shell/options';
import { examples } from '@elucidate/shell/program';
import { api, changes, changing, lazily, overrides, profile } from './options.js';

/** demo, plan, inspect, submit, run, schema: commands that take or describe a sweep file. */
export function sweepCommands(program: Command): void {
  program.command('demo').description('run everything once on an example: database, API, workers, a sweep, its tables and pictures')
    .option('--keep', 'keep the API running until Ctrl-C')
    .option('--spec <file>', 'sweep file to run (default: examples/quickstart.yaml)')
    .addOption(new Option('--port <port>', 'port of the API, 0 for a free one').argParser(wholeNumber(0, 65_535)).default(0))
    .addOption(slots()).addOption(threads()).addOption(backend(backendChoices)).addOption(json())
    .addHelpText('after', examples('demo', 'demo --keep --port 3210', 'demo --spec my-sweep.yaml --json'))
    .action(lazily(async () => (await import('../commands/demo.js')).demo));

  program.command('plan <file>').addArgument(changes()).description('show what a sweep would take: cells, stages, how many are already done, time; submits nothing')
    .option('--why', 'say why each stage runs: what differs from the nearest that exists')
    .addOption(profile()).addOption(overrides()).addOption(api()).addOption(json())
    .addHelpText('after', examples('plan examples/quickstart.yaml', 'plan sweep.yaml --why', 'plan examples/lesson-karras.yaml --profile small', 'plan sweep.yaml train.images=20000 steps=5,10', 'plan sweep.yaml --json', 'plan - < sweep.yaml'))
    .action(changing(lazily(async () => (await import('../commands/plan.js')).plan)));

  program.command('inspect <file>').addArgument(changes()).description("draw the parts of a sweep as SVG and PNG: schedules, training noise levels, scalings, discretisations, loss weights")
    .addOption(profile()).addOption(overrides()).option('--out <dir>', 'output folder (default: inspect/<name of the sweep> in ELUCIDATE_HOME)').addOption(json())
    .addHelpText('after', examples('inspect examples/quickstart.yaml', 'inspect sweep.yaml --profile small --out pictures', 'inspect sweep.yaml --json'))
    .action(changing(lazily(async () => (await import('../commands/inspect.js')).inspect)));

  program.command('submit <file>').addArgument(changes()).description('submit a sweep to an API')
    .option('--watch', 'wait until it ends, then print its tables')
    .option('--idempotency-key <key>', 'a second submission with the same key returns the same sweep')
    .addOption(profile()).addOption(overrides()).addOption(api()).addOption(json())
    .addHelpText('after', examples('submit examples/quickstart.yaml --watch', 'submit sweep.yaml --api http://gpu-head:3210'))
    .action(changing(lazily(async () => (await import('../commands/submit.js')).submit)));

  program.command('run <file>').addArgument(changes()).description('run a sweep to its end and print its tables: through an API, or with --local in this process')
    .option('--local', 'run in this process and its children, without a server')
    .addOption(profile()).addOption(overrides()).addOption(api()).addOption(slots()).addOption(threads()).addOption(backend(backendChoices)).addOption(json())
    .addHelpText('after', examples('run --local examples/quickstart.yaml', 'run --local examples/lesson-karras.yaml --profile small', 'run --local sweep.yaml train.images=20000', 'run --local sweep.yaml --slots 1 --threads 8', 'run sweep.yaml --api http://gpu-head:3210'))
    .action(changing(run));

  program.command('schema').description('print the grammar of sweep files as JSON Schema, for completion in an editor')
    .addHelpText('after', examples('schema > sweep.schema.json'))
    .action(lazily(async () => (await import('../commands/schema.js')).schema));
}

async function run(file: string, { local: here, ...options }: RunOptions & { local?: boolean; api?: string }): Promise<void> {
  if (here) await (await import('../commands/run.js')).runLocal(file, options);
  else await (await import('../commands/submit.js')).submit(file, { ...options, watch: true });
}
