import fc from 'fast-check';
import { axesOf, cellsAt, placeOn } from './axes.js';
import { canonical } from './canonical.js';
import { excludedFrom } from './excludes.js';
import { parseSpec } from './parse-spec.js';
import { planSweep } from './plan.js';
import { least } from './spec.fixture.js';

const count = (length: number) => Array.from({ length }, (_, index) => index);

/** The definition, cell by cell: of a record, only the keys that are written count. */
function means(pattern: unknown, value: unknown): boolean {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) return canonical(pattern) === canonical(value ?? null);
  return typeof value === 'object' && value !== null && Object.entries(pattern).every(([key, member]) => means(member, (value as Record<string, unknown>)[key]));
}

const samplers = [{ kind: 'ddim' }, { kind: 'ddim', eta: 0.5 }, { kind: 'ddim', eta: 1 }, { kind: 'heun' }, { kind: 'heun', sChurn: 5 }];
const schedules = [{ kind: 'linear' }, { kind: 'cosine' }, { kind: 'cosine', start: 0.2 }, { kind: 'zero-terminal-snr', of: { kind: 'cosine' } }, { kind: 'zero-terminal-snr', of: { kind: 'linear' } }];
const networks = ['tiny', 'small'];
const some = <T>(values: readonly T[], minLength: number) => fc.shuffledSubarray([...values], { minLength });
const grids = fc.record({ sampler: some(samplers, 1), schedule: some(schedules, 1), steps: some([2, 5, 10], 1), network: some(networks, 1), inputScale: fc.constant([0.5]) })
  .map((axes) => ({ ...least, parameters: Object.fromEntries(Object.entries(axes).map(([name, values]) => [name, { values }])) }));
const entries = fc.array(fc.record({ sampler: fc.constantFrom(...samplers), schedule: fc.constantFrom(...schedules), steps: fc.constantFrom(2, 5, 10, 50), network: fc.constantFrom(...networks), inputScale: fc.constantFrom(0.5, 1) }, { requiredKeys: [] }), { minLength: 0, maxLength: 12 });

describe('excludedFrom', () => {
  it('excludes exactly the cells that match by definition, and names the entries that match none', () => {
    fc.assert(fc.property(grids, entries, (written, exclude) => {
      const spec = parseSpec(written);
      const axes = axesOf(spec);
      const { cells, idle } = excludedFrom(axes, exclude);
      const shapes = Object.fromEntries(networks.map((name) => [name, parseSpec({ ...least, train: { network: name } }).parameters.network.values[0]]));
      const meant = exclude.map(({ network, ...entry }) => ({ ...entry, ...(network !== undefined && { network: shapes[network] }) }));
      const wanted = count(axes.size).map((position) => meant.map((entry) => means(entry, cellsAt(axes, {})(position))));
      expect([...cells]).toEqual(wanted.map((matched) => (matched.includes(true) ? 1 : 0)));
      expect(idle).toEqual(count(exclude.length).filter((index) => !wanted.some((matched) => matched[index])));
    }), { numRuns: 300 });
  });

  it('knows the guide of a guidance by the name of its network', () => {
    const guidance = { values: ['tiny', 'small'].map((network) => ({ kind: 'autoguidance', scale: 2, network })) };
    const { cells, idle } = excludedFrom(axesOf(parseSpec({ ...least, train: { network: 'base' }, parameters: { guidance } })), [{ guidance: { kind: 'autoguidance', network: 'tiny' } }, { guidance: { network: 'large' } }] as never);
    expect([[...cells], idle]).toEqual([[1, 0], [1]]);
  });

  it('handles ten thousand entries over a hundred thousand cells', () => {
    const parameters = {
      sampler: { values: count(10).map((index) => ({ kind: 'ddim', eta: index / 10 })) },
      steps: { values: count(100).map((index) => index + 2) },
      schedule: { values: count(10).map((index) => ({ kind: 'cosine', start: index / 20 })) },
      inputScale: { values: count(10).map((index) => (index + 1) / 10) },
    };
    const exclude = count(9999).map((index) => ({ steps: (index % 100) + 2, inputScale: (Math.floor(index / 100) % 10 + 1) / 10, schedule: { kind: 'cosine', start: Math.floor(index / 1000) / 20 } }));
    expect(planSweep(parseSpec({ ...least, parameters, exclude })).cells.map(({ config: { steps, inputScale, schedule } }) => [steps, inputScale, schedule.kind])).toEqual(count(10).map(() => [101, 1, 'cosine']));
  });
});

describe('axesOf', () => {
  it('numbers the cells with the last axis varying fastest', () => {
    const axes = axesOf(parseSpec({ ...least, parameters: { steps: { values: [2, 5] }, inputScale: { values: [0.1, 0.2, 0.3] } } }));
    expect(count(axes.size).map((position) => [0, 1].map((axis) => placeOn(axes, axis, position)))).toEqual([[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]);
    expect(cellsAt(axes, { batch: 3 })(4)).toMatchObject({ steps: 5, inputScale: 0.2, batch: 3 });
  });
});
