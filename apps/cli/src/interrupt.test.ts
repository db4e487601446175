import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'npm_lifecycle_event'));
/** Says whether it was stopped when its parent has ended. */
const waiting = `
  import { interruptSignal } from ${JSON.stringify(join(__dirname, '../dist/interrupt.js'))};
  const { signal } = interruptSignal();
  const before = process.ppid;
  console.log('ready');
  // two of its own looks after the parent has ended
  const looks = setInterval(() => { if (process.ppid !== before) { clearInterval(looks); setTimeout(() => { console.log(signal.aborted ? 'stops' : 'goes on'); process.exit(); }, 1500); } }, 20);
`;

test.each([
  ['shell', 'goes on'],
  ['npm', 'stops'],
])('a command whose %s has ended %s', async (starter, expected) => {
  const shell = spawn('sh', ['-c', `"${process.execPath}" --input-type=module -e "$SCRIPT" & read line`], { env: { ...env, ...(starter === 'npm' && { npm_lifecycle_event: 'npx' }), SCRIPT: waiting }, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: shell.stdout })) {
    lines.push(line);
    if (line === 'ready') {
      shell.kill('SIGKILL');
      await once(shell, 'exit');
    }
  }
  expect(lines).toEqual(['ready', expected]);
});

/** A command that is asked to stop, and then meets this; what it prints, and its exit code. */
const meeting = (what: string): string => `
  import { untilAnswered } from ${JSON.stringify(join(__dirname, '../dist/away.js'))};
  import { interruptSignal, unlessStopped } from ${JSON.stringify(join(__dirname, '../dist/interrupt.js'))};
  import { reportError } from ${JSON.stringify(join(__dirname, '../../../libs/shell/dist/exit.js'))};
  const { signal } = interruptSignal();
  const gone = () => Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' });
  const command = async () => {
    process.kill(process.pid, 'SIGINT');
    while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
    ${what}
  };
  await command().catch((error) => { process.exitCode = reportError(unlessStopped(error, 'Stopped.')); });
`;

test.each([
  ['a request fails as the server ends', 'await untilAnswered(() => Promise.reject(gone()), signal);', [130, 'Stopped.\n']],
  ['something else fails', 'throw new Error("no such process");', [130, 'Stopped.\n']],
  ['something fails that nobody waits for', 'void Promise.reject(gone()); await new Promise((resolve) => setTimeout(resolve, 50)); signal.throwIfAborted();', [130, 'Stopped.\n']],
  ['it has done its work', 'void Promise.reject(gone()); await new Promise((resolve) => setTimeout(resolve, 50));', [0, '']],
] as const)('after a stop was asked for, a command prints one line or none: %s', async (_, what, expected) => {
  const command = spawn(process.execPath, ['--input-type=module', '-e', meeting(what)], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let printed = '';
  command.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [code] = (await once(command, 'close')) as [number | null];
  expect([code, printed]).toEqual(expected);
});

/** A command that runs an entry file, which ends with 7 when it is asked to stop. */
const running = (entry: string): string => `
  import { startOwnedForeground } from ${JSON.stringify(join(__dirname, '../dist/children.js'))};
  process.exitCode = await startOwnedForeground(${JSON.stringify(pathToFileURL(entry).href)}, {});
`;

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s to a command alone reaches what it runs', async (signal) => {
  const folder = await mkdtemp(join(tmpdir(), 'elucidate-entry-'));
  const entry = join(folder, 'entry.mjs');
  await writeFile(entry, `process.on('${signal}', () => process.exit(7)); setInterval(() => undefined, 1000); console.log('ready');`);
  const command = spawn(process.execPath, ['--input-type=module', '-e', running(entry)], { env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(command.stdout, 'data');
  command.kill(signal);
  expect(await once(command, 'close')).toEqual([7, null]);
  await rm(folder, { recursive: true });
});
