import { picked, plotOf } from '@elucidate/experiment/plot-points';
import { ignoreUndrawable } from './undrawable.js';

/** The picture of a sweep of so many input scales. */
async function draw(scales: number, mean: number | null): Promise<number | undefined> {
  const values = Array.from({ length: scales }, (_, i) => i + 1);
  const cells = values.map((_, i) => ({ cellId: String(i), place: [i], nfe: 5, seconds: null, incomparable: false, estimate: mean === null ? null : { mean, min: mean, max: mean, count: 1, diverged: 0, n: 64, real: null } }));
  const source = { sweepId: 's', sweepName: 'x', evaluator: 'e', work: null, metric: 'fid', axes: new Map([['inputScale', { values, dimension: 1 }]]), cells };
  return Promise.resolve().then(() => plotOf(picked(source, {})).points.length).catch(ignoreUndrawable);
}

test('a picture of too many points, or of none, is left out; anything else that goes wrong is not', async () => {
  expect([await draw(3, 1), await draw(3, null), await draw(20_001, 1)]).toEqual([3, undefined, undefined]);
  expect(() => ignoreUndrawable(new Error('the connection broke'))).toThrow('the connection broke');
});
