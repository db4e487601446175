import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const leash = ['--pdeathsig', 'KILL'];
let kernelLeash: boolean | undefined;

/**
 * Starts a process of ours whose life is tied to ours, from compiled code, with its set-up as its only argument. Linux ends it when
 * we die, kill -9 included, even in the middle of a step (util-linux's setpriv; busybox has none); elsewhere it ends when it next
 * looks at its closed channel.
 */
export function forkLeashed(entry: 'child' | 'scaling-child', setup: object): ChildProcess {
  kernelLeash ??= process.platform === 'linux' && spawnSync('setpriv', [...leash, 'true']).status === 0;
  // seen from the source folder as well as from dist itself
  return fork(join(import.meta.dirname, '..', 'dist', `${entry}.js`), [JSON.stringify(setup)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...(kernelLeash ? { execPath: 'setpriv', execArgv: [...leash, process.execPath] } : { execArgv: [] }),
  });
}
