import { join } from 'node:path';
import type { ProcessKind } from '@elucidate/dispatch/answering-process';
import { ProcessPool, type PoolLimits } from '@elucidate/dispatch/process-pool';
import type { EffectsSource, SweepEffects } from '@elucidate/experiment/effects';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { AskedScale } from '@elucidate/experiment/score-scale';

export interface ComputingRequests {
  /** An SVG as PNG bytes. */
  png: { argument: string; result: Uint8Array };
  effects: { argument: { source: EffectsSource; scale: AskedScale }; result: SweepEffects };
}

/** A computation that needs more than it may have. */
class Exceeded extends Error {}

const computingProcess: ProcessKind = {
  // the compiled code, resolved from the source folder as well as from dist
  program: join(import.meta.dirname, '..', '..', 'dist', 'computing', 'computing-process.js'),
  name: 'computing',
  megabytes: 256,
  // the largest pictures take one or two seconds of a core, the effects of the largest sweeps ten
  seconds: 120,
  tooMuch: (what) => new Exceeded(what),
};

const poolLimits: PoolLimits = { processes: 2, waiting: 32, refusal: '32 pictures and analyses wait to be computed already; try again in a minute', idleMs: 20_000 };

/** What is said of a computation that fails. */
interface Words {
  /** It throws something of ours. */
  refused(message: string): string;
  /** It takes more than it may. */
  exceeded(what: string): string;
  /** Its process ended. */
  ended(why: string): string;
}

function pictureWords(title: string): Words {
  const picture = `The picture ${JSON.stringify(title)}`;
  return { refused: (message) => `${picture}: ${message}`, exceeded: (what) => `${picture}: As PNG it takes ${what}; take it as SVG`, ended: (why) => `${picture} was not drawn as PNG: ${why}; ask for it again, or take SVG` };
}

function effectsWords({ sweepId, metric, cells }: EffectsSource): Words {
  const effects = `The effects on ${metric} in sweep ${sweepId}`;
  return { refused: (message) => message, exceeded: (what) => `${effects} take ${what}, with ${cells.length} configurations; \`elucidate trials ${sweepId} --out trials.parquet\` has every score`, ended: (why) => `${effects} were not worked out: ${why}; ask for them again` };
}

/** Draws and computes what takes long in processes of their own, so that the API answers others meanwhile and the memory that it takes comes back. Every computation throws, with its name, 'request.too_large' if it takes too much memory or too long, and 'server.busy' when the process ended meanwhile; also 'server.busy' when too many wait. */
export class Computations {
  private readonly processes: ProcessPool<ComputingRequests>;

  constructor(kind: Partial<ProcessKind> = {}, limits: Partial<PoolLimits> = {}) {
    this.processes = new ProcessPool({ ...computingProcess, ...kind }, { ...poolLimits, ...limits });
  }

  /** An SVG as PNG bytes; it is made when its turn comes. Throws 'request.too_large' also for too many pixels. */
  pngOf(svg: () => string, title: string): Promise<Uint8Array> {
    return this.compute('png', svg, pictureWords(title));
  }

  /** What `effectsOf` returns and throws. */
  readonly effectsOf = (source: EffectsSource, scale: AskedScale): Promise<SweepEffects> => this.compute('effects', () => ({ source, scale }), effectsWords(source));

  private compute<T extends keyof ComputingRequests>(type: T, argument: () => ComputingRequests[T]['argument'], words: Words): Promise<ComputingRequests[T]['result']> {
    return this.processes.using(async (computing) => {
      try {
        return await computing.request(type, argument());
      } catch (error) {
        if (error instanceof Exceeded) throw new ElucidateError('request.too_large', words.exceeded(error.message));
        if (error instanceof ElucidateError) throw new ElucidateError(error.code, words.refused(error.message));
        if (computing.alive) throw error;
        throw new ElucidateError('server.busy', words.ended((error as Error).message), { cause: error });
      }
    });
  }

  /** Ends idle processes. */
  close(): void {
    this.processes.close();
  }
}
