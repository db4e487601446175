import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ProcessKind } from './answering-process.js';

/** A process that reads and plans sweeps. The largest sweep, 250,000 training runs, takes 700 MB and ten seconds of a core; only a sweep built to exhaust resources needs more. */
export const planningProcess: ProcessKind = {
  // the compiled code, resolved from the source folder as well as from dist
  program: join(import.meta.dirname, '..', 'dist', 'plan-process.js'),
  name: 'planning',
  megabytes: 1024,
  seconds: 120,
  tooMuch: (what) => new ElucidateError('spec.too_large', `Planning this sweep takes ${what}; split it, shorten \`where\`, or list fewer entries in \`include\` and \`exclude\``),
};
