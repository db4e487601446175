import { cellSpec } from './cell-spec.js';
import { parseSpec } from './parse-spec.js';
import { planSweep } from './plan.js';
import type { Spec } from './spec.js';
import { cellsOf } from './sweep.js';

const spec = parseSpec({
  name: 'grid', dataset: { name: 'fashion-mnist', resolution: 16 },
  parameters: { schedule: { values: [{ kind: 'linear' }, { kind: 'cosine', start: 0.2 }] }, sampler: { values: [{ kind: 'ddim' }, { kind: 'heun', sChurn: 10 }] }, network: { values: ['tiny', { channels: [8, 16], blocks: 1, groups: 4 }] }, steps: { values: [5, 10] } },
  where: "sampler.kind != 'heun' || steps == 5", include: [{ steps: 7 }], exclude: [{ schedule: { kind: 'linear' }, steps: 10 }],
  seeds: { train: [1, 2], sample: [3] }, train: { network: 'tiny', images: 256, batch: 32, learningRate: 0.003 }, evaluate: { samples: 64, metrics: ['fid', { kind: 'kid', n: 32 }] },
});

const values = { steps: { values: [5, 10] }, sampler: { values: [{ kind: 'ddim' }, { kind: 'heun' }] } };
const seeds = { train: [1, 2, 3, 4], sample: [1] };
const look = { seeds: 2, left: 2, stopped: [{ steps: 5, sampler: { kind: 'ddim' } }, { steps: 10, sampler: { kind: 'heun' } }] };

test.each<[string, object]>([
  ['a race', { race: { first: 2, looks: [look] } }],
  ['a race that is over', { race: { first: 2, looks: [{ ...look, left: 1 }], over: true } }],
  ['repeats', { repeats: [{ cells: [{ steps: 5 }], train: [7], sample: [2, 3] }] }],
])('the sweep file of a cell in a sweep with %s has the trials that the cell has there', (_, more) => {
  // as JSON, which is how a database keeps it
  const sweep = JSON.parse(JSON.stringify(parseSpec({ name: 'more', dataset: spec.dataset, parameters: values, seeds, train: spec.train, evaluate: spec.evaluate, ...more }))) as Spec;
  const trialsOf = (of: Spec, id: string) => planSweep(of).trials.filter(({ cellId }) => cellId === id);
  for (const { id, config } of cellsOf(sweep)) {
    const alone = parseSpec(JSON.parse(JSON.stringify(cellSpec(sweep, { ...config }, 'one'))));
    expect(alone.race).toBeUndefined();
    expect(planSweep(alone).trials).toEqual(trialsOf(sweep, id));
  }
});

test('every cell of a sweep is the only cell of its own sweep file, with the same stages', () => {
  const stages = new Set(planSweep(spec).stages.map(({ id }) => id));
  const cells = cellsOf(spec);
  expect(cells.length).toBeGreaterThan(8);
  for (const { id, config } of cells) {
    // as JSON, which is how a database keeps both
    const [kept, values] = JSON.parse(JSON.stringify([spec, config])) as [Record<string, unknown>, Record<string, unknown>];
    const alone = parseSpec(JSON.parse(JSON.stringify(cellSpec(kept, values, 'one'))));
    expect(cellsOf(alone).map((cell) => cell.id)).toEqual([id]);
    expect(planSweep(alone).stages.filter((stage) => !stages.has(stage.id))).toEqual([]);
  }
});
