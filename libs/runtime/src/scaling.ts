import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendChoice } from '@elucidate/engine/backend';
import type { Engine } from '@elucidate/engine/start';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Workload } from '@elucidate/training/throughput';
import { errorOf } from '@elucidate/experiment/failure';
import { coresHere } from './cores.js';
import { forkLeashed } from './fork.js';
import type { FromScalingChild, ScalingSetup } from './scaling-messages.js';

/** How a machine is divided: concurrent stages, and threads of each. */
export interface Division {
  slots: number;
  threads: number;
}

export interface ScalingRow extends Division {
  /** Trained by all slots together. */
  imagesPerSecond: number;
}

/** Measured throughput of a machine for each division. */
export interface Scaling {
  engine: Pick<Engine, 'backend' | 'version' | 'device'>;
  cores: number;
  node: string;
  workload: Workload;
  rows: ScalingRow[];
  /** ISO time. */
  measuredAt: string;
}

/** Small enough for seconds, large enough that a step is arithmetic rather than calls. */
export const scalingWorkload: Workload = { network: 'small', batch: 32, resolution: 32 };

const warmUpSteps = 2;
const countedSteps = 3;
const leastMs = 1500;
const mostMs = 60_000;
const lookEveryMs = 20;
/** Passes over all divisions; the best of each counts, since other load on the machine can only slow one down. */
const rounds = 2;

/** Divisions that use every core: 1 x cores, 2 x cores/2, ..., cores x 1. */
export function divisionsOf(cores: number): Division[] {
  const threads = Array.from({ length: Math.ceil(Math.log2(cores)) + 1 }, (_, i) => Math.min(cores, 2 ** i));
  return threads.reverse().map((n) => ({ threads: n, slots: Math.floor(cores / n) }));
}

export interface ScalingOptions {
  backend: BackendChoice;
  cores?: number;
  workload?: Workload;
  log?(line: string): void;
  signal?: AbortSignal;
}

/** Trains a small network in each division of the machine, twice for a few seconds. Divisions with more threads than the engine has are skipped. */
export async function measureScaling({ backend, cores = coresHere(), workload = scalingWorkload, log = () => {}, signal }: ScalingOptions): Promise<Scaling> {
  const best = new Map<number, ScalingRow>();
  let engine: Engine | undefined;
  for (const division of Array.from({ length: rounds }, () => divisionsOf(cores)).flat()) {
    if (engine && division.threads > engine.threads) continue;
    signal?.throwIfAborted();
    const slots = await startSlots({ backend, threads: division.threads, workload }, division.slots);
    try {
      engine = slots[0]!.engine;
      if (engine.threads < division.threads) continue;
      const row = { ...division, imagesPerSecond: workload.batch * await stepRate(slots, signal) };
      log(describeRow(row));
      if (row.imagesPerSecond > (best.get(row.threads)?.imagesPerSecond ?? 0)) best.set(row.threads, row);
    } finally {
      await Promise.all(slots.map((slot) => slot.end()));
    }
  }
  const { backend: name, version, device } = engine!;
  const rows = [...best.values()].sort((a, b) => a.threads - b.threads);
  return { engine: { backend: name, version, device }, cores, node: process.version, workload, rows, measuredAt: new Date().toISOString() };
}

export const describeRow = ({ slots, threads, imagesPerSecond }: ScalingRow): string => `${describeDivision({ slots, threads })}: ${imagesPerSecond.toPrecision(3)} images/s trained`;

export const describeDivision = ({ slots, threads }: Division): string => `${slots} ${slots === 1 ? 'stage' : 'stages'} x ${threads} ${threads === 1 ? 'thread' : 'threads'}`;

interface Slot {
  engine: Engine;
  /** When each step ended, ms. */
  ends: number[];
  /** Why its process ended on its own. */
  failure(): Error | undefined;
  end(): Promise<unknown>;
}

async function startSlots(setup: ScalingSetup, count: number): Promise<Slot[]> {
  const starting = await Promise.allSettled(Array.from({ length: count }, () => startSlot(setup)));
  const failed = starting.find((result) => result.status === 'rejected');
  const slots = starting.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (!failed) return slots;
  await Promise.all(slots.map((slot) => slot.end()));
  throw failed.reason;
}

async function startSlot(setup: ScalingSetup): Promise<Slot> {
  const child = forkLeashed('scaling-child', setup);
  const ends: number[] = [];
  const said: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text: Buffer) => said.push(text.toString()));
  let failure: Error | undefined;
  const gone = once(child, 'exit').then(([code, signal]) => {
    failure ??= new ElucidateError('stage.crashed', `A measuring process on ${setup.backend} with ${setup.threads} threads ended (${signal ?? `exit code ${code}`}): ${said.join('').trim().split('\n').at(-1) || 'it said nothing'}`);
  });
  const engine = await new Promise<Engine>((resolve, reject) => {
    void gone.then(() => reject(failure!));
    child.on('message', (message: FromScalingChild) => {
      if (message.type === 'step') ends.push(performance.now());
      else if (message.type === 'started') resolve(message.engine);
      else reject(failure = errorOf(message.error));
    });
  });
  const end = (): Promise<unknown> => {
    child.kill('SIGKILL');
    return gone;
  };
  return { engine, ends, failure: () => failure, end };
}

/** Steps per second of all slots together, while all of them train. */
async function stepRate(slots: readonly Slot[], signal?: AbortSignal): Promise<number> {
  const since = (slot: Slot, from: number) => slot.ends.filter((at) => at >= from);
  const least = (count: number, from: number) => slots.every((slot) => since(slot, from).length >= count);
  await until(() => least(warmUpSteps, 0), { slots, ...(signal && { signal }) });
  const began = performance.now();
  await until(() => performance.now() - began > leastMs && least(countedSteps + 1, began), { slots, ...(signal && { signal }) });
  return slots.reduce((sum, slot) => sum + rateOf(since(slot, began)), 0);
}

/** Per second, between the first and the last. */
const rateOf = (ends: readonly number[]): number => ((ends.length - 1) / (ends.at(-1)! - ends[0]!)) * 1000;

/** Resolves when `done`. Rejects if a slot has ended, on abort with the signal's reason, and with stage.failed after `mostMs`. */
async function until(done: () => boolean, { slots, signal }: { slots: readonly Slot[]; signal?: AbortSignal }): Promise<void> {
  for (const began = performance.now(); !done(); await sleep(lookEveryMs)) {
    signal?.throwIfAborted();
    const failure = slots.map((slot) => slot.failure()).find((error) => error !== undefined);
    if (failure) throw failure;
    if (performance.now() - began < mostMs) continue;
    throw new ElucidateError('stage.failed', `The engine ${slots[0]?.engine.backend} made fewer than ${countedSteps} steps in ${mostMs / 1000} s with ${slots.length} at once; it is too slow, or the machine too busy, to be measured`);
  }
}
