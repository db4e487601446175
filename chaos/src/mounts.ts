/** Commands that become a process with another view of a folder, in a mount namespace of its own; need root. */

const inOwnMounts = (script: string): string[] => ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', `${script} && exec "$0" "$@"`];

const quoted = (path: string): string => `'${path.replaceAll("'", String.raw`'\''`)}'`;

/** The process sees these folders read-only; others see them as they are. */
export const readOnly = (...folders: readonly string[]): string[] =>
  inOwnMounts(folders.map(quoted).map((folder) => `mkdir -p ${folder} && mount --bind ${folder} ${folder} && mount -o remount,ro,bind ${folder}`).join(' && '));

/** For the process, the folder is a file system of its own of so many kilobytes, empty. */
export const small = (folder: string, kilobytes: number): string[] =>
  inOwnMounts(`mkdir -p ${quoted(folder)} && mount -t tmpfs -o size=${kilobytes}k,mode=0777 elucidate-chaos ${quoted(folder)}`);
