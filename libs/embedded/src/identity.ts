import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ElucidateError } from '@elucidate/experiment/errors';

const run = promisify(execFile);
const nobody = 65534;

/** How PostgreSQL, which refuses to run as root, gets a user that it accepts:
 * `self` - this process runs as an ordinary user;
 * `namespace` - PostgreSQL sees root as the user nobody; files still belong to root, so folders closed to others are no obstacle;
 * `nobody` - if user namespaces are forbidden: the user nobody, with root's capability to enter closed folders. */
export type Identity = 'self' | 'namespace' | 'nobody';

const setprivNobody = ['setpriv', '--reuid', `${nobody}`, '--regid', `${nobody}`, '--clear-groups'];
const passingClosedFolders = ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'];

/** Command prefix that makes a command run under an identity. */
const prefix: Record<Identity, readonly string[]> = {
  self: [],
  namespace: ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`],
  nobody: [...setprivNobody, ...passingClosedFolders],
};

/** The uid and gid data folders must have under an identity; null if they are this process's own. */
export const dataOwner: Readonly<Record<Identity, number | null>> = { self: null, namespace: null, nobody };

/** `command` as an argument list, under `identity`. */
export const under = (identity: Identity, command: readonly string[]): string[] => [...prefix[identity], ...command];

/** `command` as the user nobody, without any of root's capabilities. */
export const asNobody = (command: readonly string[]): string[] => [...setprivNobody, ...command];

/** Whether a command line can be run on this machine, found by trying. */
export const works = (command: readonly string[]): Promise<boolean> =>
  run(command[0] ?? '', command.slice(1)).then(() => true, () => false);

/** The identity PostgreSQL can have on this machine. Throws 'embedded.unavailable' if there is none. */
export async function findIdentity(): Promise<Identity> {
  if (process.platform === 'win32') throw new ElucidateError('embedded.unavailable', 'The embedded PostgreSQL does not run on Windows; use WSL, or set DATABASE_URL');
  if (process.getuid?.() !== 0) return 'self';
  for (const identity of ['namespace', 'nobody'] as const) if (await works(under(identity, ['true']))) return identity;
  throw new ElucidateError('embedded.unavailable', 'PostgreSQL refuses to run as root, and neither unshare nor setpriv (util-linux) can run it as another user here; run as an ordinary user, or set DATABASE_URL');
}
