import { blameFor } from '@elucidate/experiment/group-blame';
import { picked } from '@elucidate/experiment/plot-points';
import { chooseAxes, type GridAxes } from '@elucidate/experiment/plot-axes';
import { pageWords } from './page-words.js';

const axes: GridAxes = new Map([['sampler', { values: [{ kind: 'ddim' }, { kind: 'heun' }], dimension: 1 }], ['steps', { values: [5, 10], dimension: 2 }]]);
const source = { sweepId: 's1', sweepName: 's', metric: 'fid', evaluator: null, work: null, axes, cells: [] };

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

test.each([
  ['a metric without scores', () => picked(source, {}), 'Sweep s1 has no fid to draw; its Overview shows how far it is, its Failures what failed'],
  ['nothing that varies', () => chooseAxes(new Map(), {}), /; its Tables and the CSV of its trials, on its Overview, have its numbers$/],
  ['an axis that is not there', () => chooseAxes(axes, { x: 'stpes' }), /^"Across" "stpes": this sweep varies no stpes; choose from .*did you mean steps\?$/],
  ['a value that is not there', () => picked(source, { fixed: { steps: '7' } }), 'steps:7: the sweep has steps 5 or 10'],
  ['lines of a heat map', () => chooseAxes(axes, { x: 'steps', y: 'sampler', lines: 'steps' }), '"Lines" "steps": a heat map, which "Up (heat map)" makes, has no lines; use "Panels"'],
  ['seconds upwards', () => chooseAxes(axes, { y: 'sampleSeconds' }), '"Up (heat map)" sampleSeconds: device-seconds are for "Across"'],
] as const)('what the libraries refuse, %s, names views and controls in place of commands and options', (_, run, expected) => {
  const said = pageWords(messageOf(run));
  if (typeof expected === 'string') expect(said).toBe(expected);
  else expect(said).toMatch(expected);
});

test.each([
  ['steps 5: chosen among what else varies, as what has the most scores and, of those, the best mean; --fixed chooses another.', 'steps 5: chosen among what else varies, as what has the most scores and, of those, the best mean; another can be chosen on Plot.'],
  ['The picture would have 30000 points; at most 20000 make one. Choose other axes, or fix some with --fixed', 'The picture would have 30000 points; at most 20000 make one. Choose other axes, or fix some of what varies'],
  ['There is no sweep x that you may see; `elucidate status`, or GET /v1/sweeps, lists those that there are', 'There is no sweep x that you may see; Sweeps lists those that there are'],
  ['There is no stage x that you may see; `elucidate stages SWEEP`, or GET /v1/sweeps/{id}/stages, lists those of a sweep', 'There is no stage x that you may see; the Overview lists those of a sweep'],
  ['more than are compared trial by trial; `elucidate trials s1 --out trials.parquet` has every score', 'more than are compared trial by trial; the CSV of its trials, on its Overview, has every score'],
  // there is no page for it
  ['add its folder with `elucidate program add FOLDER`, with --api where the sweep goes to one', 'add its folder with `elucidate program add FOLDER`, with --api where the sweep goes to one'],
])('%s', (shared, said) => expect(pageWords(shared)).toBe(said));

test('what to do about failures is done on the pages', () => {
  const at = { workerId: 'w', host: 'h', version: null };
  const failed = { code: 'stage.failed', failed: [at], retried: [], others: [], permanent: true, over: false };
  expect(pageWords(blameFor(failed).remedy)).toBe('read the log (below), and "retry" with another worker to tell');
  expect(pageWords(blameFor({ ...failed, others: [{ ...at, workerId: 'v', host: 'other' }] }).remedy)).toBe('look at that machine (Fleet), stop its worker until it is in order, then "retry"');
});
