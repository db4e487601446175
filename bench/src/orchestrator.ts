import { availableParallelism, cpus, loadavg } from 'node:os';
import { exitCodes, reportError } from '@elucidate/shell/exit';
import { measureBeside, measureIdle, measureOverhead, measureThroughput } from './orchestrator/measurements.js';
import { parseOptions } from './orchestrator/options.js';
import { peerTable } from './orchestrator/peer-table.js';
import { measurePeer, whyNot } from './orchestrator/peers.js';
import { lastLine, tableOf, titleOf, type Result } from './orchestrator/report.js';
import { rowTable, type Row } from './orchestrator/row-table.js';
import { startServers, type Servers } from './orchestrator/servers.js';
import { templatesOf, type Templates } from './orchestrator/templates.js';

/** `npm run bench:orchestrator`: stages that do nothing, through the whole protocol, on a real PostgreSQL and a real Redis, by worker processes; and other queues beside it. */

const say = (text: string): void => void process.stderr.write(`${text}\n`);

interface Settings {
  /** The stages that count, if one process runs them; with more, each has run as many before. */
  window: { from: number; to: number };
  /** Stages of a second. */
  seconds: number;
  idleSeconds: number;
  /** Share of the jobs in the table of peers. */
  peerJobs: number;
}

const settings: Readonly<Record<'short' | 'full', Settings>> = {
  short: { window: { from: 200, to: 1000 }, seconds: 160, idleSeconds: 5, peerJobs: 0.4 },
  full: { window: { from: 300, to: 2700 }, seconds: 1000, idleSeconds: 30, peerJobs: 1 },
};

type Measured = Omit<Result, 'id' | 'load'>;

async function measure(row: Row, { servers, templates, window, seconds, idleSeconds, peerJobs }: Settings & { servers: Servers; templates: Templates }): Promise<Measured> {
  if (row.measure === 'peer') {
    const skipped = whyNot(row.peer, servers);
    return skipped === null ? { stagesPerSecond: await measurePeer(servers, row.peer, { slots: 16, jobs: Math.round(peerJobs * peerTable[row.peer].jobs) }) } : { stagesPerSecond: null, skipped };
  }
  const { queue, shape } = row;
  if (queue === 'redis' && servers.redis === null) return { stagesPerSecond: null, skipped: 'needs redis-server' };
  const on = async (template: Parameters<Templates['of']>[0]) => ({ servers, queue, template: await templates.of(template) });
  if (row.measure === 'overhead') {
    const overhead = await measureOverhead(await on({ thousands: 1, donePercent: 0 }), shape, seconds);
    return { stagesPerSecond: overhead.stages / overhead.seconds, overhead };
  }
  if (row.measure === 'idle') return { stagesPerSecond: null, idle: await measureIdle(await on(null), shape.slots, idleSeconds) };
  const warm = { from: shape.processes * window.from, to: window.to + (shape.processes - 1) * window.from };
  const throughput = row.measure === 'beside' ? await measureBeside(await on(row.size), { ...shape, thousands: row.size.thousands }, warm) : await measureThroughput(await on(row.size), { ...shape, stageMs: row.stageMs ?? 0 }, warm);
  return { stagesPerSecond: throughput.stagesPerSecond, throughput };
}

async function main(): Promise<void> {
  const { rows, short, json } = parseOptions(process.argv.slice(2));
  const servers = await startServers();
  const templates = templatesOf(servers, say);
  const stop = (): void => void servers.stop().finally(() => process.exit(exitCodes.interrupted));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const results: Result[] = [];
  try {
    for (const id of rows) {
      const before = loadavg()[0]!;
      const measured = await measure(rowTable[id], { servers, templates, ...settings[short ? 'short' : 'full'] });
      const result = { id, ...measured, load: [before, loadavg()[0]!] as const };
      results.push(result);
      say(`${titleOf(id)}: ${measured.skipped ?? (measured.stagesPerSecond === null ? JSON.stringify(measured.idle) : `${measured.stagesPerSecond.toFixed(1)} stages/s`)}`);
      if (json) console.log(JSON.stringify(result));
    }
  } finally {
    await servers.stop();
  }
  if (json) return console.log(lastLine(results));
  console.log([
    `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores; Node ${process.versions.node}; PostgreSQL 18 with fsync, Redis without persistence; ${new Date().toISOString().slice(0, 10)}.`,
    ...templates.submitted.map(({ cells, stages, seconds }) => `${cells} cells, ${stages} stages: planned and submitted in ${seconds.toFixed(1)} s.`), '',
    tableOf(results),
  ].join('\n'));
}

main().then(() => process.exit(), (error: unknown) => process.exit(reportError(error)));
