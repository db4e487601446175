/**
 * Runs PostgreSQL for as long as somebody uses it. A user is a process that holds a TCP connection to this one (its address is in `file`, see src/keeper.ts):
 * the kernel closes it however the user ends. A user leaves by closing its side; ours is closed at once if there are others, else when the server has ended.
 * As long as it lives it says in `hostFile` which host it is on, see src/host.ts.
 * argv[2]: JSON { command, dataDir, file, host, hostFile, portFile, port }. Uses Node's own modules only.
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

const beatMs = 2_000;

const { command, dataDir, file, host, hostFile, portFile, port } = JSON.parse(process.argv[2]);
const token = randomBytes(16).toString('hex');
const users = new Set();
let registered = false;
let stopping = false;

claimFolder();

const postgres = spawn(command[0], command.slice(1), { stdio: ['ignore', 'inherit', 'inherit'] });
postgres.on('error', () => {
  leaveFolder();
  process.exit(127);
});
postgres.on('exit', (code) => {
  unregister();
  leaveFolder();
  process.exit(code ?? 1);
});

/** 'SIGTERM' lets sessions end by themselves, 'SIGINT' ends them and writes a checkpoint, after 'SIGQUIT' the next start recovers. */
function stop(first = 'SIGTERM') {
  if (stopping) return;
  stopping = true;
  listener.close();
  unregister();
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

/** Of two hosts that start at once, one makes the file. */
function claimFolder() {
  try {
    writeFileSync(hostFile, JSON.stringify({ ...host, token, beat: 0 }), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    // its maker may still be writing it
    for (let tries = 0; tries < 20 && hostIn().id === undefined; tries++) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    if (hostIn().id !== host.id) {
      console.error(`the server of ${dataDir} is being started on another host`);
      process.exit(1);
    }
  }
  let beat = 0;
  setInterval(() => {
    try {
      written(hostFile, JSON.stringify({ ...host, token, beat: ++beat }));
    } catch (error) {
      console.error(`${hostFile}: ${error.message}`);
    }
  }, beatMs).unref();
}

function leaveFolder() {
  if (hostIn().token === token) rmSync(hostFile, { force: true });
}

/** After a crash the next keeper may be registered already. */
function unregister() {
  if (registered && contentsOf(file).token === token) rmSync(file, { force: true });
  registered = false;
}

function hostIn() {
  return contentsOf(hostFile);
}

function contentsOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

function written(path, text) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}

/** Like pg_ctl, waits for "ready" in postmaster.pid; until then the file may be that of a server that crashed, or of a keeper that was faster. */
function isReady() {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === postgres.pid && Number(lines[3]) === port && lines[7]?.trim() === 'ready';
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
    written(file, JSON.stringify({ port: listener.address().port, token, pid: process.pid }));
    registered = true;
    setTimeout(() => users.size === 0 && stop(), firstUserTimeoutMs).unref();
  });
})();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop('SIGINT'));
