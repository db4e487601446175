import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { under, works, type Identity } from './identity.js';

/** What ends the server together with this process, so that even kill -9 leaves nothing running:
 * `kernel` - Linux signals the server when its parent dies (setpriv --pdeathsig);
 * `guard` - elsewhere a small process in between notices that its parent has ended. */
export type Leash = 'kernel' | 'guard';

const kernelLeash = ['setpriv', '--pdeathsig', 'INT'];

export const findLeash = async (): Promise<Leash> => (await works([...kernelLeash, 'true'])) ? 'kernel' : 'guard';

export interface LeashedOptions {
  identity: Identity;
  leash: Leash;
  /** File descriptor for the output. */
  output: number;
}

/** Starts a command that ends with this process. It has its own session, so that Ctrl-C reaches only us, and does not keep this process alive. */
export function spawnLeashed(command: readonly string[], { identity, leash, output }: LeashedOptions): ChildProcess {
  const stdio = ['ignore', output, output] as const;
  const [file = '', ...args] = under(identity, leash === 'kernel' ? [...kernelLeash, ...command] : command);
  if (leash === 'kernel') {
    const child = spawn(file, args, { stdio: [...stdio], detached: true });
    child.unref();
    return child;
  }
  const guard = fileURLToPath(new URL('../guard.cjs', import.meta.url));
  const child = spawn(process.execPath, [guard, file, ...args], { stdio: [...stdio, 'ipc'], detached: true });
  child.unref();
  child.channel?.unref();
  return child;
}
