import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const leash = ['--pdeathsig', 'KILL'];
let kernelLeash: boolean | undefined;

/**
 * Starts one of our processes, tied to the life of this one, from compiled code with its setup as its only argument. Linux ends it when
 * this one dies, kill -9 included, even in the middle of a step (util-linux's setpriv; busybox has none); elsewhere it ends when it next
 * checks its closed channel.
 */
export function forkLeashed(entry: 'child' | 'scaling-child', setup: object): ChildProcess {
  kernelLeash ??= process.platform === 'linux' && spawnSync('setpriv', [...leash, 'true']).status === 0;
  // resolves from the source folder as well as from dist
  return fork(join(import.meta.dirname, '..', 'dist', `${entry}.js`), [JSON.stringify(setup)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: process.env,
    ...(kernelLeash ? { execPath: 'setpriv', execArgv: [...leash, process.execPath] } : { execArgv: [] }),
  });
}
