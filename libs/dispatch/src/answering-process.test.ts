import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const dir = mkdtempSync(join(tmpdir(), 'elucidate-answering-'));
const pidFile = join(dir, 'pid');
afterAll(() => {
  // a test that failed leaves it at work
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
  if (pid > 0 && isRunning(pid)) process.kill(pid, 'SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** Whether it runs; what has ended and waits for its parent does not. */
function isRunning(pid: number): boolean {
  try {
    return process.platform === 'linux' ? !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')) : process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a process in the middle of a computation ends with the one that asked for it when that exits', async () => {
  const [child, parent] = [join(dir, 'child.mjs'), join(dir, 'parent.mjs')];
  // it never looks up from its work, so it cannot notice that its channel is closed
  writeFileSync(child, `import { writeFileSync } from 'node:fs';
process.on('message', ({ argument }) => { writeFileSync(argument, String(process.pid)); for (;;); });`);
  writeFileSync(parent, `import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnsweringProcess } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, '..', 'dist', 'answering-process.js')).href)};
const file = ${JSON.stringify(pidFile)};
new AnsweringProcess({ program: ${JSON.stringify(child)}, name: 'endless', megabytes: 64, seconds: 600, tooMuch: (what) => new Error(what) }).request('work', file).catch(() => undefined);
const pid = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
while (pid() === '') await sleep(5);
console.log(pid());
process.exit(0);`);
  const { stdout } = await promisify(execFile)(process.execPath, [parent]);
  const pid = Number(stdout);
  expect(pid).toBeGreaterThan(0);
  while (isRunning(pid)) await sleep(5);
});
