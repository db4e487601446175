/**
 * Runs PostgreSQL for as long as somebody uses it. A user is a process that holds a TCP connection to this one (its address is in `file`, see src/keeper.ts):
 * the kernel closes it however the user ends. A user leaves by closing its side; ours is closed at once if there are others, else when the server has ended.
 * argv[2]: JSON { command, dataDir, file, portFile, port }. Uses Node's own modules only.
 */
const { spawn } = require('node:child_process');
const { randomBytes } = require('node:crypto');
const { readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:net');
const { join } = require('node:path');

const startTimeoutMs = 60_000;
const firstUserTimeoutMs = 10_000;
/** How long others that are connected to the database, such as a worker whose parent was killed, may finish before they are cut off. */
const graceMs = 5_000;

const { command, dataDir, file, portFile, port } = JSON.parse(process.argv[2]);
const token = randomBytes(16).toString('hex');
const users = new Set();
let registered = false;
let stopping = false;

const postgres = spawn(command[0], command.slice(1), { stdio: ['ignore', 'inherit', 'inherit'] });
postgres.on('error', () => process.exit(127));
postgres.on('exit', (code) => {
  if (registered) rmSync(file, { force: true });
  process.exit(code ?? 1);
});

/** 'SIGTERM' lets sessions end by themselves, 'SIGINT' ends them and writes a checkpoint, after 'SIGQUIT' the next start recovers. */
function stop(first = 'SIGTERM') {
  if (stopping) return;
  stopping = true;
  listener.close();
  if (registered) rmSync(file, { force: true });
  registered = false;
  postgres.kill(first);
  setTimeout(() => postgres.kill('SIGINT'), graceMs);
  setTimeout(() => postgres.kill('SIGQUIT'), graceMs + 10_000);
}

const listener = createServer({ allowHalfOpen: true }, (socket) => {
  if (stopping) return socket.destroy();
  users.add(socket);
  const leave = () => {
    if (!users.delete(socket)) return;
    if (users.size > 0) socket.end();
    else stop();
  };
  socket.on('end', leave).on('close', leave).on('error', leave).resume();
  socket.write(`${JSON.stringify({ token, pid: postgres.pid, port })}\n`);
});

function written(path, text) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}

/** Like pg_ctl, waits for "ready" in postmaster.pid. */
function isReady() {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[3]) === port && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

const began = Date.now();
(function waitUntilReady() {
  if (stopping) return;
  if (Date.now() - began > startTimeoutMs) return stop('SIGINT');
  if (!isReady()) return setTimeout(waitUntilReady, 20);
  listener.listen(0, '127.0.0.1', () => {
    written(portFile, String(port));
    written(file, JSON.stringify({ port: listener.address().port, token }));
    registered = true;
    setTimeout(() => users.size === 0 && stop(), firstUserTimeoutMs).unref();
  });
})();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop('SIGINT'));
