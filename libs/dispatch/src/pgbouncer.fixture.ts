import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onFreePort } from './on-free-port.fixture.js';

// Debian's is where only root's PATH leads
const program = ['pgbouncer', '/usr/sbin/pgbouncer'].find((path) => spawnSync(path, ['--version']).error === undefined);

/** Whether there is a PgBouncer; with `ELUCIDATE_REQUIRE_PGBOUNCER=1` it is an error if not. */
export const hasPgBouncer = program !== undefined;
if (!hasPgBouncer && process.env['ELUCIDATE_REQUIRE_PGBOUNCER'] === '1') throw new Error('No pgbouncer on PATH or in /usr/sbin, and ELUCIDATE_REQUIRE_PGBOUNCER=1 requires one');

const running = new Set<ChildProcess>();
// a test that failed leaves its own, for which Jest would wait
afterAll(() => running.forEach((server) => server.kill('SIGKILL')));

/** A PgBouncer before a database, in the given mode. It refuses to run as root. */
export async function startPgBouncer(url: string, mode: 'session' | 'transaction'): Promise<{ url: string; stop(): void }> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const folder = mkdtempSync(join(tmpdir(), 'elucidate-pgbouncer-'));
  chmodSync(folder, 0o755);
  const config = join(folder, 'pgbouncer.ini');
  const configure = (own: number): void => writeFileSync(config, `[databases]
${pathname.slice(1)} = host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
`);
  let server: ChildProcess;
  const own = await onFreePort((port) => {
    configure(port);
    return (server = spawn(program!, [config], { stdio: 'ignore', ...(process.getuid?.() === 0 && { uid: 65534, gid: 65534 }) }));
  });
  running.add(server!);
  const through = `postgres://${username}@127.0.0.1:${own}${pathname}`;
  return { url: through, stop: () => {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  } };
}
