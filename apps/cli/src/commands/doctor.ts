import { mkdir, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { findEngines } from '@elucidate/stages/engines';
import { prepareDataset } from '@elucidate/stages/prepare-dataset';
import { exitCodes } from '../exit.js';
import { defaultSlots, homeOf } from '../home.js';
import { openDatabase } from '../stack.js';

interface Finding {
  what: string;
  ok: boolean;
  told: string;
}

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

async function tried(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, ok: true, told: await look() };
  } catch (error) {
    return { what, ok: false, told: error instanceof Error ? error.message : String(error) };
  }
}

async function database(): Promise<string> {
  const home = homeOf();
  const { stop } = await openDatabase(home, () => undefined);
  await stop();
  return process.env['DATABASE_URL'] ? 'answers at DATABASE_URL' : `embedded PostgreSQL starts, data in ${home.postgresDir}`;
}

async function disk(): Promise<string> {
  const home = homeOf();
  await mkdir(home.dir, { recursive: true });
  const { bavail, bsize } = await statfs(home.dir);
  return `${gib(bavail * bsize)} free under ${home.dir}`;
}

/** What this machine has for elucidate, and what to do about what it lacks. Exit code 3 when something needed is missing. */
export async function doctor({ json = false }: { json?: boolean }): Promise<void> {
  const { engines, chosen } = await findEngines();
  const findings: Finding[] = [
    { what: 'node', ok: true, told: `${process.versions.node} on ${process.platform} ${process.arch}` },
    { what: 'machine', ok: true, told: `${availableParallelism()} cores, ${gib(totalmem())} memory (${gib(freemem())} free); a worker takes ${defaultSlots()} stages at once, one thread each` },
    { what: 'engine', ok: true, told: chosen },
    await tried('disk', disk),
    await tried('database', database),
    await tried('data set', () => prepareDataset('fashion-mnist', { home: homeOf().dir, log: () => undefined })),
  ];
  if (json) console.log(JSON.stringify({ findings, engines }, null, 2));
  else console.log([...findings.map(({ what, ok, told }) => `${ok ? 'ok     ' : 'MISSING'} ${what.padEnd(9)} ${told}`), '', 'engines, in the order they are tried:', ...engines.map(({ name, told }) => `  ${name.padEnd(11)} ${told}`)].join('\n'));
  process.exitCode = findings.every(({ ok }) => ok) ? exitCodes.done : exitCodes.environment;
}
