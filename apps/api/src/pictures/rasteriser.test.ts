import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pngOf } from '@elucidate/figures/png';
import { Rasteriser } from './rasteriser.js';

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30"><text x="5" y="22" font-family="Inter" font-size="20">sigma</text></svg>';

const dir = mkdtempSync(join(tmpdir(), 'elucidate-rasteriser-'));
/** Answers with its process id, but is killed by one picture and says nothing to another. */
const program = join(dir, 'program.mjs');
writeFileSync(program, `process.on('message', ({ argument }) => {
  if (argument === 'deadly') process.kill(process.pid, 'SIGKILL');
  if (argument === 'endless') return;
  process.send({ result: Buffer.from(String(process.pid)) });
});
process.on('disconnect', () => process.exit());`);

const opened: Rasteriser[] = [];
function rasteriser(...limits: ConstructorParameters<typeof Rasteriser>): Rasteriser {
  opened.push(new Rasteriser(...limits));
  return opened.at(-1)!;
}
afterEach(() => opened.splice(0).forEach((one) => one.close()));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const textOf = async (bytes: Promise<Uint8Array>): Promise<string> => Buffer.from(await bytes).toString();

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a picture drawn in another process has the bytes that it has here', async () => {
  expect(Buffer.from(await rasteriser().pngOf(() => svg, 'sigma'))).toEqual(Buffer.from(await pngOf(svg)));
});

test('a picture that cannot be drawn as PNG is named, and the process goes on', async () => {
  const drawing = rasteriser({}, { processes: 1 });
  await expect(drawing.pngOf(() => '<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="4000"></svg>', 'FID by steps')).rejects.toMatchObject({ code: 'request.too_large', message: expect.stringMatching(/^The picture "FID by steps": As PNG it has 18000 x 8000 pixels.*take it as SVG$/) });
  expect((await drawing.pngOf(() => svg, 'sigma')).length).toBeGreaterThan(100);
});

test('a process that is killed fails the picture that it draws, by name, and no other', async () => {
  const drawing = rasteriser({ program });
  const [killed, ...others] = await Promise.allSettled([drawing.pngOf(() => 'deadly', 'KID by steps'), drawing.pngOf(() => 'a', 'a'), drawing.pngOf(() => 'b', 'b')]);
  expect(killed).toMatchObject({ reason: { code: 'server.busy', message: expect.stringContaining('The picture "KID by steps" was not drawn as PNG: The drawing process has ended (SIGKILL)') } });
  expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  expect(await textOf(drawing.pngOf(() => 'c', 'c'))).toMatch(/^\d+$/);
});

test('a picture that takes too long is given up', async () => {
  await expect(rasteriser({ program, seconds: 0.1 }).pngOf(() => 'endless', 'FID by NFE')).rejects.toMatchObject({ code: 'request.too_large', message: 'The picture "FID by NFE": As PNG it takes more than 0.1 s; take it as SVG' });
});

test('so many pictures are drawn at once, some wait, and the rest are refused', async () => {
  const drawing = rasteriser({ program }, { processes: 2, waiting: 3 });
  const all = await Promise.allSettled(Array.from({ length: 6 }, (_, i) => textOf(drawing.pngOf(() => 'a', `picture ${i}`))));
  expect(all.map(({ status }) => status)).toEqual([...Array<string>(5).fill('fulfilled'), 'rejected']);
  expect(all[5]).toMatchObject({ reason: { code: 'server.busy' } });
  expect(new Set(all.slice(0, 5).map((one) => (one as PromiseFulfilledResult<string>).value)).size).toBeLessThanOrEqual(2);
});

test('a process without work is ended, and another takes its place', async () => {
  const drawing = rasteriser({ program }, { idleMs: 1 });
  const pid = Number(await textOf(drawing.pngOf(() => 'a', 'a')));
  while (isAlive(pid)) await sleep(5);
  expect(Number(await textOf(drawing.pngOf(() => 'a', 'a')))).not.toBe(pid);
});
