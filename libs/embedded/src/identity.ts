import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ElucidateError } from '@elucidate/experiment/errors';

const run = promisify(execFile);
const nobody = 65534;

/** How PostgreSQL, which refuses to run as root, gets a user it accepts:
 * `self` - this process is an ordinary user;
 * `namespace` - root shows itself to PostgreSQL as nobody; files stay root's, so folders closed to others are no obstacle;
 * `nobody` - where user namespaces are forbidden: the user nobody, with root's right to pass closed folders. */
export type Identity = 'self' | 'namespace' | 'nobody';

const setprivNobody = ['setpriv', '--reuid', `${nobody}`, '--regid', `${nobody}`, '--clear-groups'];
const passingClosedFolders = ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'];

/** Words to put before a command so that it runs under an identity. */
const prefix: Record<Identity, readonly string[]> = {
  self: [],
  namespace: ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`],
  nobody: [...setprivNobody, ...passingClosedFolders],
};

/** The uid and gid data folders must have under an identity; null where they are this process's own. */
export const dataOwner: Readonly<Record<Identity, number | null>> = { self: null, namespace: null, nobody };

/** `command` as an argument list, under `identity`. */
export const under = (identity: Identity, command: readonly string[]): string[] => [...prefix[identity], ...command];

/** `command` as the user nobody, with no right of root's left. */
export const asNobody = (command: readonly string[]): string[] => [...setprivNobody, ...command];

/** Whether a command line can be run here at all: it is tried. */
export const works = (command: readonly string[]): Promise<boolean> =>
  run(command[0] ?? '', command.slice(1)).then(() => true, () => false);

/** The identity PostgreSQL can have on this machine. Throws 'embedded.unavailable' when it can have none. */
export async function findIdentity(): Promise<Identity> {
  if (process.platform === 'win32') throw new ElucidateError('embedded.unavailable', 'The embedded PostgreSQL does not run on Windows; use WSL, or set DATABASE_URL');
  if (process.getuid?.() !== 0) return 'self';
  for (const identity of ['namespace', 'nobody'] as const) if (await works(under(identity, ['true']))) return identity;
  throw new ElucidateError('embedded.unavailable', 'PostgreSQL refuses to run as root, and neither unshare nor setpriv (util-linux) can lend it another user here; run as an ordinary user, or set DATABASE_URL');
}
