import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { ChildSetup } from './messages.js';

/** Compiled code, from the source folder as well as from dist itself. */
const childFile = join(import.meta.dirname, '..', 'dist', 'child.js');
const leash = ['--pdeathsig', 'KILL'];
let kernelLeash: boolean | undefined;

/**
 * Starts a child whose life is tied to ours. Linux ends it when we die, kill -9 included, even in the middle of a step
 * (util-linux's setpriv; busybox has none); elsewhere it ends when it next looks at its closed channel.
 */
export function forkLeashed(setup: ChildSetup): ChildProcess {
  kernelLeash ??= process.platform === 'linux' && spawnSync('setpriv', [...leash, 'true']).status === 0;
  return fork(childFile, [JSON.stringify(setup)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...(kernelLeash ? { execPath: 'setpriv', execArgv: [...leash, process.execPath] } : { execArgv: [] }),
  });
}
