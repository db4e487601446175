import { join } from 'node:path';
import type { ProcessKind } from '@elucidate/dispatch/answering-process';
import { ProcessPool, type PoolLimits } from '@elucidate/dispatch/process-pool';
import { ElucidateError } from '@elucidate/experiment/errors';

export interface PngRequests {
  /** An SVG as PNG bytes. */
  png: { argument: string; result: Uint8Array };
}

const pngProcess: ProcessKind = {
  // the compiled code, resolved from the source folder as well as from dist
  program: join(import.meta.dirname, '..', '..', 'dist', 'pictures', 'png-process.js'),
  name: 'drawing',
  megabytes: 256,
  // the largest pictures take one or two seconds of a core
  seconds: 60,
  tooMuch: (what) => new ElucidateError('request.too_large', `As PNG it takes ${what}; take it as SVG`),
};

const poolLimits: PoolLimits = { processes: 2, waiting: 32, refusal: '32 pictures wait to be drawn as PNG already; try again in a minute, or take SVG', idleMs: 20_000 };

/** Draws pictures as PNG in processes of their own, so that the API answers others meanwhile and the memory that it takes comes back. */
export class Rasteriser {
  private readonly processes: ProcessPool<PngRequests>;

  constructor(kind: Partial<ProcessKind> = {}, limits: Partial<PoolLimits> = {}) {
    this.processes = new ProcessPool({ ...pngProcess, ...kind }, { ...poolLimits, ...limits });
  }

  /** An SVG as PNG bytes; it is made when its turn comes. Throws, naming the picture, 'request.too_large' for one that takes too many pixels, too much memory or too long, and 'server.busy' when the process ended meanwhile; also 'server.busy' when too many wait. */
  async pngOf(svg: () => string, title: string): Promise<Uint8Array> {
    const picture = `The picture ${JSON.stringify(title)}`;
    return this.processes.using(async (drawing) => {
      try {
        return await drawing.request('png', svg());
      } catch (error) {
        if (error instanceof ElucidateError) throw new ElucidateError(error.code, `${picture}: ${error.message}`);
        if (drawing.alive) throw error;
        throw new ElucidateError('server.busy', `${picture} was not drawn as PNG: ${(error as Error).message}; ask for it again, or take SVG`, { cause: error });
      }
    });
  }

  /** Ends idle processes. */
  close(): void {
    this.processes.close();
  }
}
