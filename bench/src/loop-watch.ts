import { existsSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** Loaded into a process before its program (`node --import`): reports to its parent how its event loop fares between 'begin' and 'report'. */

/** An event loop since 'begin'. */
export interface LoopReport {
  /** How late a timer of 1 ms was at worst, ms; this includes waiting for a processor. */
  longestGapMs: number;
  /** The same without the time in which the main thread waited for a processor that others had, ms: how long the program itself stood still. Null where there is no /proc/self/schedstat (it is on Linux). */
  longestStopMs: number | null;
  /** Time in which the loop did not wait for events, s. */
  busySeconds: number;
  /** Highest memory of the process since it started, MB of 2^20 bytes. */
  peakMegabytes: number;
  /** Memory of the process now, MB of 2^20 bytes. */
  megabytes: number;
}

const timerMs = 1;
/** Looking costs about 20 us. */
const lookMs = 2;
const delay = monitorEventLoopDelay({ resolution: timerMs });

/** "<ns on a processor> <ns waiting for one> <turns>" of the main thread. */
const schedule = '/proc/self/schedstat';
const waitedMs = (): number => Number(readFileSync(schedule, 'utf8').split(' ')[1]) / 1e6;

let before = performance.eventLoopUtilization();
let last: number | null = null;
let longest = 0;

/** Each firing of a timer: the time since the last one, without the waiting. */
function look(): void {
  const now = performance.now() - waitedMs();
  if (last !== null) longest = Math.max(longest, now - last - lookMs);
  last = now;
}

function begin(): void {
  delay.enable();
  delay.reset();
  before = performance.eventLoopUtilization();
  last = null;
  longest = 0;
}

function report(): LoopReport {
  const { active } = performance.eventLoopUtilization(before);
  return { longestGapMs: Math.max(0, delay.max / 1e6 - timerMs), longestStopMs: last === null ? null : longest, busySeconds: active / 1000, peakMegabytes: process.resourceUsage().maxRSS / 1024, megabytes: process.memoryUsage.rss() / 2 ** 20 };
}

function watch(): void {
  process.on('message', (message) => {
    if (message === 'begin') begin();
    if (message === 'report') process.send?.({ type: 'loop', loop: report() });
  });
  // the program decides how long its process lives
  process.channel?.unref();
  if (existsSync(schedule)) setInterval(look, lookMs).unref();
}

// the process's threads load this too
if (isMainThread) watch();
