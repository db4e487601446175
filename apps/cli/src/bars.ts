import { stageKinds, type StageState } from '@elucidate/experiment/stages';
import type { Eta } from '@elucidate/experiment/eta';
import type { KindProgress } from '@elucidate/store/queries/sweeps';

export interface ProgressFrame {
  kinds: readonly KindProgress[];
  elapsedMs: number;
  /** When it is expected to end, null while unknown. */
  eta: Pick<Eta, 'seconds' | 'low' | 'high'> | null;
  /** It waits until it is resumed. */
  paused?: boolean;
  /** A look at its race comes then, and may add to it. */
  toLook?: boolean;
  /** The running stages, one line each: "train 3fa2c1d0  step 120 of 400, loss 0.08". */
  running: readonly string[];
}

const barWidth = 24;

const day = 86_400;

/** 83 -> "1:23", 3723 -> "1:02:03", from two days on "3.2 days" and "1,234 days". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole >= 2 * day) return `${whole < 100 * day ? (whole / day).toFixed(1) : Math.round(whole / day).toLocaleString('en')} days`;
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${String(s).padStart(2, '0')}` : `${m}:${String(s).padStart(2, '0')}`;
}

/** "3:20 (2:10 to 5:00)". */
export const etaText = ({ seconds, low, high }: Pick<Eta, 'seconds' | 'low' | 'high'>): string => `${clock(seconds)} (${clock(low)} to ${clock(high)})`;

function bar(fraction: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * barWidth);
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const inStates = ({ states }: KindProgress, ...wanted: StageState[]): number => sum(wanted.map((state) => states[state] ?? 0));
const totalOf = ({ states }: KindProgress): number => sum(Object.values(states));

function kindLine(kind: KindProgress): string {
  const [done, total, running, lost] = [inStates(kind, 'done'), totalOf(kind), inStates(kind, 'running'), inStates(kind, 'failed', 'quarantined', 'cancelled')];
  const fraction = kind.workTotal > 0 ? kind.workDone / kind.workTotal : done / total;
  const notes = [running > 0 ? `${running} running` : '', lost > 0 ? `${lost} failed or cancelled` : '', kind.reused > 0 ? `${kind.reused} reused` : ''].filter((note) => note !== '');
  return `  ${kind.kind.padEnd(11)} ${bar(fraction)} ${String(done).padStart(String(total).length)}/${total}${notes.length > 0 ? `  ${notes.join(', ')}` : ''}`;
}

/** Kinds in the order in which a trial passes them. */
const inOrder = (kinds: readonly KindProgress[]): KindProgress[] => [...kinds].sort((a, b) => stageKinds.indexOf(a.kind) - stageKinds.indexOf(b.kind));

/** The lines that show a sweep's progress: a bar for each kind of stage (by work, so that a training run counts for more than a score), the running stages, time elapsed and time left. */
export function drawProgress({ kinds, elapsedMs, eta, paused = false, toLook = false, running }: ProgressFrame): string[] {
  const [done, total] = [sum(kinds.map((kind) => inStates(kind, 'done'))), sum(kinds.map(totalOf))];
  const open = sum(kinds.map((kind) => inStates(kind, 'waiting', 'ready', 'running')));
  const left = open === 0 || paused ? '' : eta === null ? ', estimating' : `, about ${etaText(eta)} ${toLook ? 'to the next look of its race' : 'left'}`;
  return [...inOrder(kinds).map(kindLine), ...running.map((line) => `    ${line}`), `  ${done}/${total} stages, ${clock(elapsedMs / 1000)} elapsed${left}`];
}
