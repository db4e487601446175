import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ElucidateError } from '@elucidate/experiment/errors';
import { hashesOf, recordingHooks, testHome, tinyTraining, workshop } from '@elucidate/stages/stages.fixture';
import { eachLine } from '@elucidate/stages/lines';
import { stageProcesses, type StageProcesses } from './processes.js';

const setup = { backend: 'auto', threads: 1, home: testHome } as const;
let shop: Awaited<ReturnType<typeof workshop>>;
let pool: StageProcesses | undefined;
const nodeOptions = process.env['NODE_OPTIONS'] ?? '';

beforeAll(async () => { shop = await workshop(); });
afterAll(() => shop.remove());
afterEach(async () => {
  process.env['NODE_OPTIONS'] = nodeOptions;
  await pool?.close();
});

/** A pool whose children do something of their own when they are given a stage; `task` is what they were given. */
function poolThat(does: string, options: Partial<Parameters<typeof stageProcesses>[0]> = {}): StageProcesses {
  const preload = `process.on('message', ({ type, task }) => { if (type === 'run') { ${does} } });`;
  process.env['NODE_OPTIONS'] = `--import data:text/javascript,${encodeURIComponent(preload)}`;
  return pool = stageProcesses({ ...setup, ...options });
}

const long = () => shop.task('train', tinyTraining({ images: 4_000_000 }));
const short = () => shop.task('train', tinyTraining({ images: 400 }));

function unlessStalled(error: ElucidateError): undefined {
  if (error.code !== 'stage.stalled') throw error;
}

describe('a stage without progress', () => {
  it('is ended when its process was stopped', async () => {
    pool = stageProcesses({ ...setup, stallMs: 1500 });
    let stopped = false;
    const hooks = { ...recordingHooks(), onProgress: () => { stopped ||= process.kill(pool!.pids()[0]!, 'SIGSTOP'); } };
    await expect(pool.execute(await long(), hooks)).rejects.toMatchObject({ code: 'stage.stalled', retryable: true, message: expect.stringMatching(/made no progress for 1.5 s/) });
    expect(pool.pids()).toEqual([]);
  });

  it('is ended when it spins, and the next stage finds a process', async () => {
    const spinning = poolThat('while (task.params.images > 1000);', { stallMs: 1000 });
    await expect(spinning.execute(await long(), recordingHooks())).rejects.toMatchObject({ code: 'stage.stalled' });
    // it answers at once, however busy the machine is
    const unanswerable = { ...await short(), codeVersion: 999 };
    await expect(spinning.execute(unanswerable, recordingHooks())).rejects.toMatchObject({ code: 'code.absent' });
  });

  it('is left alone as long as it reports progress, however long it takes', async () => {
    const runFor = async (stallMs: number): Promise<unknown> => {
      pool = stageProcesses({ ...setup, stallMs });
      const begun = performance.now();
      const stop = new AbortController();
      const running = pool.execute(await long(), { ...recordingHooks(stop.signal), onProgress: () => { if (performance.now() - begun > 2.5 * stallMs) stop.abort(); } });
      return running.catch(unlessStalled).finally(() => pool!.close());
    };
    let error: unknown;
    // on a busy machine no report may come for so long: then more is allowed
    for (let stallMs = 1500; error === undefined; stallMs *= 2) error = await runFor(stallMs).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'stage.interrupted' });
  });
});

describe('what a stage writes', () => {
  const megabytes = 64;
  let quiet: Record<string, string>;
  beforeAll(async () => {
    const calm = stageProcesses(setup);
    quiet = await hashesOf(await calm.execute(await short(), recordingHooks()));
    await calm.close();
  });

  it.each([
    ['one line', `const piece = 'x'.repeat(1 << 20); for (let i = 0; i < ${megabytes}; i++) process.stdout.write(piece);`],
    ['lines', `const piece = ('y'.repeat(63) + '\\n').repeat(1 << 14); for (let i = 0; i < ${megabytes}; i++) process.stderr.write(piece);`],
  ])(`changes nothing when it is ${megabytes} MB of %s`, async (_, does) => {
    const lines = { count: 0, longest: 0 };
    const hooks = { ...recordingHooks(), onLog: (line: string) => { lines.count += 1; lines.longest = Math.max(lines.longest, line.length); } };
    expect(await hashesOf(await poolThat(does).execute(await short(), hooks))).toEqual(quiet);
    expect(lines.longest).toBeLessThan(8300);
  });

  it('is kept only in part when it is last words', async () => {
    const dying = poolThat(`process.stderr.write('begin ' + 'z'.repeat(${megabytes} * (1 << 20)) + '\\nand then it died\\n', () => process.exit(7));`);
    const error: unknown = await dying.execute(await short(), recordingHooks()).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'stage.crashed', message: expect.stringContaining('and then it died') });
    expect(JSON.stringify(error).length).toBeLessThan(20_000);
  });

  it('is bounded in an error as well', async () => {
    const failing = poolThat(`const e = new Error('m'.repeat(1 << 24)); Object.defineProperty(task, 'kind', { get() { throw e; } });`);
    const error: unknown = await failing.execute(await short(), recordingHooks()).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: expect.stringMatching(/^stage\./) });
    expect((error as Error).message.length).toBeLessThan(5000);
  });
});

it('a signal to the whole group leaves the stage to the worker: SIGTERM, SIGINT or SIGHUP', async () => {
  pool = stageProcesses(setup);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    let reports = 0;
    const outcome = await pool.execute(await short(), { ...recordingHooks(), onProgress: () => { if (reports++ === 0) process.kill(pool!.pids()[0]!, signal); } });
    expect([signal, Object.keys(outcome.outputs), reports > 0]).toEqual([signal, expect.arrayContaining(['weights']), true]);
  }
});

it('a process that does not start is this machine\'s fault, not the stage\'s', async () => {
  process.env['NODE_OPTIONS'] = '--import data:text/javascript,process.exit(9)';
  pool = stageProcesses(setup);
  await expect(pool.execute(await short(), recordingHooks())).rejects.toMatchObject({ code: 'process.unstartable', message: expect.stringContaining('exit code 9') });
});

describe('eachLine', () => {
  const linesOf = async (...chunks: (string | Buffer)[]): Promise<string[]> => {
    const lines: string[] = [];
    await eachLine(Readable.from(chunks.map((chunk) => Buffer.from(chunk as string))), (line) => lines.push(line));
    return lines;
  };

  it('finds lines wherever the chunks end, in the middle of a character too', async () => {
    expect(await linesOf('a', 'b\nc', '\r\n', '\n', 'last')).toEqual(['ab', 'c', '', 'last']);
    const euro = Buffer.from('3 €\n');
    expect(await linesOf(euro.subarray(0, 3), euro.subarray(3))).toEqual(['3 €']);
    expect(await linesOf()).toEqual([]);
  });

  it('cuts a long line and says by how much', async () => {
    expect(await linesOf('x'.repeat(5000), 'y'.repeat(5000), '\nnext\n')).toEqual([`${'x'.repeat(5000)}${'y'.repeat(3192)} [... 1808 characters left out ...]`, 'next']);
  });

  it('reads 512 MB of one line in a heap of 32 MB', () => {
    const script = `
      import { spawn } from 'node:child_process';
      import { eachLine } from ${JSON.stringify(join(__dirname, '..', '..', 'stages', 'dist', 'lines.js'))};
      const talker = spawn(process.execPath, ['-e', "const b = Buffer.alloc(1 << 20, 120); const { writeSync } = require('fs'); for (let i = 0; i < 512; i++) writeSync(1, b)"], { stdio: ['ignore', 'pipe', 'inherit'] });
      await eachLine(talker.stdout, (line) => console.log(line.length, line.slice(-40)));`;
    const { stdout, status } = spawnSync(process.execPath, ['--max-old-space-size=32', '--input-type=module', '-e', script], { encoding: 'utf8' });
    expect([status, stdout.trim()]).toEqual([0, expect.stringContaining('[... 536862720 characters left out ...]')]);
  });
});
