import { type Command, Option } from 'commander';
import { stageKinds } from '@elucidate/experiment/stages';
import { json } from '@elucidate/shell/options';
import { examples } from '@elucidate/shell/program';
import { api, lazily, local } from './options.js';

/** workers, workers release: commands that concern the workers of an installation, wherever they are. */
export function workersCommands(program: Command): void {
  const workers = program.command('workers').description('list every worker that is or was there: what it runs and has done, and what it is set aside for and why')
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('workers', 'workers --json', 'workers release gpu-03-4711-a1b2c3'))
    .action(lazily(async () => (await import('../commands/workers.js')).workers));

  workers.command('release <worker>').description('let a worker take the stages again that it was set aside or quarantined for, once the cause is gone')
    .addOption(new Option('--kind <kind>', 'only stages of this kind (default: all that it takes)').choices(stageKinds))
    .addOption(api()).addOption(local()).addOption(json())
    .addHelpText('after', examples('workers release gpu-03-4711-a1b2c3', 'workers release gpu-03-4711-a1b2c3 --kind train'))
    .action(async (id: string, _options: unknown, command: Command) => (await import('../commands/workers.js')).releaseWorker(id, command.optsWithGlobals()));
}
