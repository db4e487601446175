import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { effectsOf, type EffectsSource } from '@elucidate/experiment/effects';
import { pngOf } from '@elucidate/figures/png';
import { Computations } from './computations.js';

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30"><text x="5" y="22" font-family="Inter" font-size="20">sigma</text></svg>';

const dir = mkdtempSync(join(tmpdir(), 'elucidate-computations-'));
/** Answers with its process id, but is killed by one picture and by effects on a log scale, and says nothing to another picture. */
const program = join(dir, 'program.mjs');
writeFileSync(program, `process.on('message', ({ argument }) => {
  if (argument === 'deadly' || argument.scale === 'log') process.kill(process.pid, 'SIGKILL');
  if (argument === 'endless') return;
  process.send({ result: Buffer.from(String(process.pid)) });
});
process.on('disconnect', () => process.exit());`);

const opened: Computations[] = [];
function computations(...limits: ConstructorParameters<typeof Computations>): Computations {
  opened.push(new Computations(...limits));
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
  expect(Buffer.from(await computations().pngOf(() => svg, 'sigma'))).toEqual(Buffer.from(await pngOf(svg)));
});

test('a picture that cannot be drawn as PNG is named, and the process goes on', async () => {
  const drawing = computations({}, { processes: 1 });
  await expect(drawing.pngOf(() => '<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="4000"></svg>', 'FID by steps')).rejects.toMatchObject({ code: 'request.too_large', message: expect.stringMatching(/^The picture "FID by steps": As PNG it has 18000 x 8000 pixels.*take it as SVG$/) });
  expect((await drawing.pngOf(() => svg, 'sigma')).length).toBeGreaterThan(100);
});

test('a process that is killed fails the picture that it draws, by name, and no other', async () => {
  const drawing = computations({ program });
  const [killed, ...others] = await Promise.allSettled([drawing.pngOf(() => 'deadly', 'KID by steps'), drawing.pngOf(() => 'a', 'a'), drawing.pngOf(() => 'b', 'b')]);
  expect(killed).toMatchObject({ reason: { code: 'server.busy', message: expect.stringContaining('The picture "KID by steps" was not drawn as PNG: The computing process has ended (SIGKILL)') } });
  expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  expect(await textOf(drawing.pngOf(() => 'c', 'c'))).toMatch(/^\d+$/);
});

/** A grid of size x size configurations, three training runs each. */
function gridOf(size: number): EffectsSource {
  const numbers = Array.from({ length: size }, (_, i) => i);
  const axis = (dimension: number) => ({ values: numbers.map((i) => i + 1), dimension });
  const cells = numbers.flatMap((a) => numbers.map((b) => ({ place: [a, b], trials: [1, 2, 3].map((train) => ({ train, sample: 1, value: 20 + a + 2 * b + train + 0.1 * ((a * train + b) % 3) })) })));
  return { sweepId: 's', sweepName: 'x', metric: 'fid', axes: new Map([['inputScale', axis(1)], ['steps', axis(2)]]), cells, n: 64, evaluator: 'e', basis: null, real: 1.5, incomplete: 0 };
}

test('effects worked out in another process are those that are worked out here, and so is what cannot be', async () => {
  const computing = computations();
  expect(await computing.effectsOf(gridOf(3), 'auto')).toEqual(effectsOf(gridOf(3), 'auto'));
  await expect(computing.effectsOf(gridOf(1), 'auto')).rejects.toMatchObject({ code: 'request.invalid', message: expect.stringMatching(/^Sweep s: 1 of its configurations/) });
});

test('while the effects of a large sweep are worked out, this process does other things', async () => {
  let found = false;
  const effects = computations().effectsOf(gridOf(20), 'auto').then(() => { found = true; });
  await sleep(0);
  expect(found).toBe(false);
  await effects;
});

test('effects whose process is killed, or that take too long, fail by the name of metric and sweep', async () => {
  await expect(computations({ program }).effectsOf(gridOf(2), 'log')).rejects.toMatchObject({ code: 'server.busy', message: 'The effects on fid in sweep s were not worked out: The computing process has ended (SIGKILL); ask for them again' });
  await expect(computations({ seconds: 0 }).effectsOf(gridOf(2), 'auto')).rejects.toMatchObject({ code: 'request.too_large', message: 'The effects on fid in sweep s take more than 0 s, with 4 configurations; `elucidate trials s --out trials.parquet` has every score' });
});

test('a picture that takes too long is given up', async () => {
  await expect(computations({ program, seconds: 0.1 }).pngOf(() => 'endless', 'FID by NFE')).rejects.toMatchObject({ code: 'request.too_large', message: 'The picture "FID by NFE": As PNG it takes more than 0.1 s; take it as SVG' });
});

test('so many pictures are drawn at once, some wait, and the rest are refused', async () => {
  const drawing = computations({ program }, { processes: 2, waiting: 3 });
  const all = await Promise.allSettled(Array.from({ length: 6 }, (_, i) => textOf(drawing.pngOf(() => 'a', `picture ${i}`))));
  expect(all.map(({ status }) => status)).toEqual([...Array<string>(5).fill('fulfilled'), 'rejected']);
  expect(all[5]).toMatchObject({ reason: { code: 'server.busy' } });
  expect(new Set(all.slice(0, 5).map((one) => (one as PromiseFulfilledResult<string>).value)).size).toBeLessThanOrEqual(2);
});

test('a process without work is ended, and another takes its place', async () => {
  const drawing = computations({ program }, { idleMs: 1 });
  const pid = Number(await textOf(drawing.pngOf(() => 'a', 'a')));
  while (isAlive(pid)) await sleep(5);
  expect(Number(await textOf(drawing.pngOf(() => 'a', 'a')))).not.toBe(pid);
});
