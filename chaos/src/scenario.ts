import type { Effect } from './effects.js';
import type { Fleet, WorkerStart } from './fleet.js';
import type { Random } from './random.js';
import type { SweepFile } from './sweep.js';

export const queues = ['postgres', 'redis'] as const;
export type Queue = (typeof queues)[number];

/** What a scenario needs that not every machine has. */
export type Need = 'linux' | 'root' | 'faketime' | 'own-postgres' | 'redis-server';

/** What must be true besides: nothing lost, nothing duplicated, nothing wrong. */
export interface Expected {
  /** The fault is of the environment: no attempt at any stage is counted. */
  uncounted?: boolean;
  /** A worker notices what is wrong with it, and says that it is set aside. */
  setAside?: boolean;
  /** The rest of the fleet goes on: while the fault lasts, somebody ends a stage. */
  goesOn?: boolean;
  /** The most seconds, from the end of the fault to the end of everything, without the end of a stage; 120 if absent. */
  patienceS?: number;
}

export interface Attack {
  fleet: Fleet;
  random: Random;
  /** Of the sweep. */
  seed: number;
}

/** What only the fault itself could see, as sentences. */
export interface Seen {
  /** What shows that the fault took hold. */
  effect: Effect;
  /** What did not happen as promised. */
  problems?: readonly string[];
  /** What was measured. */
  notes?: readonly string[];
}

export interface Scenario {
  /** A letter for what is attacked and a number. */
  id: string;
  title: string;
  /** The kinds of queue that it is run on. */
  queues: readonly Queue[];
  needs?: readonly Need[];
  /** It disturbs other fleets on the same servers, or is measured against time: no other runs beside it. */
  alone?: boolean;
  /** It needs something that this machine has once. */
  claims?: 'network' | 'tables';
  /** Part of the short form. */
  short?: boolean;
  /** The two workers of the fleet, if they are not alike. A function, because it may make folders. */
  workers?(fleet: Fleet): Promise<readonly WorkerStart[]>;
  /** Called before the workers start, on a fleet with an API: what the fault needs in place. */
  prepare?(fleet: Fleet): Promise<void>;
  /** The sweep that is attacked, if it is not the usual one. */
  sweep?(seed: number): SweepFile;
  /** Called while a training run is under way. Resolves when the fault has ended. */
  fault(attack: Attack): Promise<Seen>;
  /** Undoes what outlives the fleet. */
  clean?(fleet: Fleet): Promise<void>;
  expected?: Expected;
}
