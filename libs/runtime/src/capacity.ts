import type { Engine } from '@elucidate/engine/start';
import { networks } from '@elucidate/experiment/design';
import { coresHere } from './cores.js';
import { gibibytes, memoryBudget, trainingBytes, type TrainingSize } from './memory.js';
import { describeDivision, type Division, type Scaling, type ScalingRow } from './scaling.js';
import type { StageProcesses } from './processes.js';
import { loadScaling } from './scaling-file.js';

/** How many stages run at once, with how many threads each, and why. */
export interface Capacity extends Division {
  /** Sentences for people. */
  why: string[];
}

/** What the user set. */
export interface Requested {
  slots?: number | undefined;
  threads?: number | undefined;
}

export interface CapacityFacts {
  engine: Pick<Engine, 'backend' | 'device'>;
  cores: number;
  requested: Requested;
  /** What was measured here, if anything was. */
  scaling?: Scaling | undefined;
  /** Bytes that all stages together may use, and that one of them uses. */
  memory: { budget: number; stage: number; stageName: string };
}

/** Divisions this close to the fastest count as equal: repeated measurements differ by as much. */
const asGood = 0.95;

export const isGpu = ({ backend, device }: Pick<Engine, 'backend' | 'device'>): boolean => backend === 'webgpu' || device === 'GPU';

/** What a worker does with its machine: what the user set; else one stage on a GPU; else the fastest division measured that fits in memory; else a single-threaded slot for each core. */
export function chooseCapacity({ engine, cores, requested, scaling, memory }: CapacityFacts): Capacity {
  const fitting = Math.max(1, Math.floor(memory.budget / memory.stage));
  const needs = `${memory.stageName} takes about ${gibibytes(memory.stage)}, and stages may take ${gibibytes(memory.budget)}`;
  if (requested.slots !== undefined || requested.threads !== undefined) {
    const division = settled(requested, cores, scaling);
    return { ...division, why: [`${describeDivision(division)}: as requested`, ...(division.slots > fitting ? [`${needs}: ${division.slots} at once will not fit; they wait for each other`] : [])] };
  }
  if (isGpu(engine)) return { slots: 1, threads: 1, why: [`1 stage at a time: ${engine.backend} computes on one device`] };
  const { division, why } = scaling ? measured(scaling.rows, fitting) : unmeasured(cores, fitting);
  return { ...division, why: [`${describeDivision(division)}: ${why}`, ...(memory.stage > memory.budget ? [`${needs}: not even one fits; it will be tried`] : [needs])] };
}

/** Fills in what the user left open. */
function settled({ slots, threads }: Requested, cores: number, scaling?: Scaling): Division {
  if (slots === undefined) return { slots: Math.max(1, Math.floor(cores / (threads ?? 1))), threads: threads ?? 1 };
  return { slots, threads: threads ?? scaling?.rows.find((row) => row.slots === slots)?.threads ?? 1 };
}

function unmeasured(cores: number, fitting: number): { division: Division; why: string } {
  const division = { slots: Math.min(cores, fitting), threads: 1 };
  const limited = fitting < cores ? `memory has room for no more than ${fitting}; ` : 'one for each core; ';
  return { division, why: `${limited}not measured here, \`elucidate doctor --calibrate\` finds what is fastest` };
}

function measured(rows: readonly ScalingRow[], fitting: number): { division: Division; why: string } {
  const fitted = rows.map((row) => ({ ...row, slots: Math.min(row.slots, fitting), imagesPerSecond: (row.imagesPerSecond * Math.min(row.slots, fitting)) / row.slots }));
  const best = Math.max(...fitted.map(({ imagesPerSecond }) => imagesPerSecond));
  // among equals, the fewest threads: a thread whose core is busy delays all others of its stage
  const { slots, threads, imagesPerSecond } = fitted.filter((row) => row.imagesPerSecond >= asGood * best).toSorted((a, b) => a.threads - b.threads)[0]!;
  const others = fitted.filter((row) => row.threads !== threads).map((row) => `${row.slots} x ${row.threads} ${row.imagesPerSecond.toPrecision(3)}`);
  const limited = fitting < Math.max(...rows.map((row) => row.slots)) ? `, memory having room for ${fitting}` : '';
  return { division: { slots, threads }, why: `measured ${imagesPerSecond.toPrecision(3)} images/s trained${others.length > 0 ? `, against ${others.join(', ')}` : ''}${limited}` };
}

/** What a worker assumes when it does not know which training runs will come. */
const usualTraining: TrainingSize = { network: networks.base, resolution: 32, batch: 128 };

export interface CapacityRequest {
  home: string;
  engine: Engine;
  requested: Requested;
  /** The training runs to come, if known. */
  trainingRuns?: readonly TrainingSize[];
}

/** The capacity of this machine, from what was measured on it before; measures nothing itself. */
export async function capacityHere({ home, engine, requested, trainingRuns }: CapacityRequest): Promise<Capacity> {
  const stage = Math.max(...(trainingRuns?.length ? trainingRuns : [usualTraining]).map((size) => trainingBytes(size, engine.backend)));
  const stageName = trainingRuns?.length ? 'the largest training run here' : 'a training run of `base` at batch 128';
  return chooseCapacity({ engine, cores: coresHere(), requested, scaling: await loadScaling(home, engine), memory: { budget: memoryBudget(), stage, stageName } });
}

/** Sets a pool to the threads per stage that suit this machine; returns the number of slots to fill and its engine. Throws engine.absent. */
export async function fitToMachine(processes: StageProcesses, request: Omit<CapacityRequest, 'engine'>): Promise<Capacity & { engine: Engine }> {
  const capacity = await capacityHere({ ...request, engine: await processes.engine() });
  processes.setThreads(capacity.threads);
  return { ...capacity, engine: await processes.engine() };
}
