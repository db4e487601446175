import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Times of answers, ms. */
export interface Latencies {
  answers: number;
  p50: number;
  p99: number;
  max: number;
}

/** By nearest rank. Throws RangeError without times. */
export function latenciesOf(times: readonly number[]): Latencies {
  if (times.length === 0) throw new RangeError('no answer was timed');
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1]!;
  return { answers: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

function millisecondsOf(url: string, agent: Agent): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => response.resume().once('end', () => resolve(performance.now() - begun)).once('error', reject)).once('error', reject);
  });
}

/** Requests an address every `everyMs`, whether or not the last answer has come, until `until` settles; the times of all answers. */
export async function ping(url: string, everyMs: number, until: Promise<unknown>): Promise<number[]> {
  const agent = new Agent({ keepAlive: true });
  const answers: Promise<number>[] = [];
  let over = false;
  void until.catch(() => undefined).finally(() => { over = true; });
  while (!over) {
    const answer = millisecondsOf(url, agent);
    // a failure is thrown at the end
    answer.catch(() => undefined);
    answers.push(answer);
    await sleep(everyMs);
  }
  return Promise.all(answers).finally(() => agent.destroy());
}
