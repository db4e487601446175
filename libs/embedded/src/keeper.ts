import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { withoutPostgresVariables } from './environment.js';
import { hostFile, type Host } from './host.js';
import { commandOf } from './running.js';

/**
 * The keeper (keeper.cjs) is a small process in a session of its own that runs the server of one data folder while anyone uses it.
 * Each connection to it is a user, so the process that started it need not stay.
 */
const keeperFile = (dataDir: string): string => join(dataDir, 'elucidate.keeper');
const portFile = (dataDir: string): string => join(dataDir, 'elucidate.port');

const greetingTimeoutMs = 5000;

/** A connection that keeps a server running. */
export interface Hold {
  /** The server's process and port. */
  pid: number;
  port: number;
  /** Resolves when the keeper is gone: after `leave`, or because it or the server was killed. */
  lost: Promise<void>;
  /** Uses the server no more. Resolves when others still do, or when it has ended. */
  leave(): Promise<void>;
}

/** Where a keeper says that it is. */
interface Registration {
  port: number;
  token: string;
  /** Absent in a file of an earlier version. */
  pid?: number;
}

const registrationIn = (dataDir: string): Promise<Registration | null> => readFile(keeperFile(dataDir), 'utf8').then((text) => JSON.parse(text) as Registration).catch(() => null);

/** The process of a data folder's keeper, if it lives, however long it says nothing; null if it was killed or is stopping. */
export async function livingKeeper(dataDir: string): Promise<number | null> {
  const pid = (await registrationIn(dataDir))?.pid;
  if (pid === undefined) return null;
  // process ids are reused
  const command = await commandOf(pid);
  return command.includes('keeper.cjs') && command.includes(JSON.stringify(dataDir)) ? pid : null;
}

/** Joins the users of a data folder's server; null if it has no keeper, or one that is stopping or does not answer. */
export async function holdServer(dataDir: string): Promise<Hold | null> {
  const keeper = await registrationIn(dataDir);
  if (keeper === null) return null;
  const socket = connect(keeper.port, '127.0.0.1');
  const lost = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => socket.destroy());
  const greeting = await greetingOf(socket);
  // after a crash the port in the file may be another program's by now
  if (greeting === null || greeting.token !== keeper.token) {
    socket.destroy();
    return null;
  }
  socket.unref();
  const leave = async (): Promise<void> => {
    socket.ref();
    socket.end();
    await lost;
  };
  return { pid: greeting.pid, port: greeting.port, lost, leave };
}

interface Greeting {
  token: string;
  pid: number;
  port: number;
}

async function greetingOf(socket: Socket): Promise<Greeting | null> {
  let text = '';
  const line = new Promise<void>((resolve) => socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.includes('\n')) resolve();
  }));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.setTimeout(greetingTimeoutMs, () => socket.destroy());
  await Promise.race([line, closed]);
  socket.setTimeout(0);
  try {
    return JSON.parse(text) as Greeting;
  } catch {
    return null;
  }
}

export interface LaunchOptions {
  dataDir: string;
  port: number;
  /** The server's command line. */
  command: readonly string[];
  host: Host;
}

/** Starts a keeper and its server, and joins it, or that of another process that was faster. A string is the reason for a failure, such as a taken port. */
export async function launchKeeper({ dataDir, port, command, host }: LaunchOptions): Promise<Hold | string> {
  const log = `${dataDir}.log`;
  const output = await open(log, 'a', 0o600);
  const task = JSON.stringify({ command, dataDir, port, file: keeperFile(dataDir), portFile: portFile(dataDir), hostFile: hostFile(dataDir), host });
  const child = spawn(process.execPath, [fileURLToPath(new URL('../keeper.cjs', import.meta.url)), task], {
    stdio: ['ignore', output.fd, output.fd], detached: true, env: withoutPostgresVariables(process.env), cwd: '/',
  });
  child.unref();
  await output.close();
  let ended = false;
  child.once('exit', () => (ended = true)).once('error', () => (ended = true));
  for (; !ended; await sleep(20)) {
    const hold = await holdServer(dataDir);
    if (hold !== null) return hold;
  }
  return (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-2).join(' ') || 'it wrote nothing';
}

/** The port that the server of a data folder had last: one that takes over listens where the others look for it. */
export const lastPort = async (dataDir: string): Promise<number | null> => Number(await readFile(portFile(dataDir), 'utf8').catch(() => '')) || null;
