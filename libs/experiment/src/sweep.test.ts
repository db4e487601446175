import fc from 'fast-check';
import { networks } from './design.js';
import { gridSize, least, writtenSpecs } from './spec.fixture.js';
import { parseSpec } from './parse-spec.js';
import { cellsOf } from './sweep.js';

const steps = { values: [2, 5, 10] };
const sampler = { values: [{ kind: 'ddim' }, { kind: 'heun' }] };
const pairs = (written: object) => cellsOf(parseSpec({ ...least, ...written })).map(({ config }) => `${config.sampler.kind} ${config.steps}`);

describe('cellsOf', () => {
  it('iterates over the axes in the order written, the last fastest', () => {
    expect(pairs({ parameters: { sampler, steps } })).toEqual(['ddim 2', 'ddim 5', 'ddim 10', 'heun 2', 'heun 5', 'heun 10']);
    expect(pairs({ parameters: { steps, sampler } })).toEqual(['ddim 2', 'heun 2', 'ddim 5', 'heun 5', 'ddim 10', 'heun 10']);
  });

  it('gives as many cells as the axes span, each with its own id', () => {
    fc.assert(fc.property(writtenSpecs, (written) => {
      const spec = parseSpec(written);
      const cells = cellsOf(spec);
      expect(new Set(cells.map(({ id }) => id)).size).toBe(gridSize(spec));
      expect(cells.map(({ position }) => position)).toEqual(cells.map((_, index) => index));
    }), { numRuns: 50 });
  });

  it('gives a cell the same id in two sweeps that share it', () => {
    const [cell] = cellsOf(parseSpec({ ...least, name: 'one', seeds: { train: [5] }, parameters: { steps: { value: 5 } } }));
    expect(cellsOf(parseSpec({ ...least, name: 'two', parameters: { sampler, steps } })).map(({ id }) => id)).toContain(cell?.id);
  });

  it('gives different ids if images, samples, extractor or resolution differ', () => {
    const variants = [{}, { train: { images: 1000 } }, { evaluate: { samples: 64 } }, { evaluate: { extractor: { kind: 'trained' } } }, { dataset: { name: 'fashion-mnist', resolution: 16 } }];
    expect(new Set(variants.map((variant) => cellsOf(parseSpec({ ...least, ...variant }))[0]?.id)).size).toBe(variants.length);
  });

  it('gives a network the same id by name and by shape', () => {
    const [named, shaped] = ['tiny', networks.tiny].map((value) => cellsOf(parseSpec({ ...least, parameters: { network: { value } } }))[0]?.id);
    expect(named).toBe(shaped);
  });

  it.each([
    ["sampler.kind != 'heun' || steps <= 5", ['ddim 2', 'ddim 5', 'ddim 10', 'heun 2', 'heun 5']],
    ['sampler.kind == "heun" && steps in [2, 10]', ['heun 2', 'heun 10']],
    ['has(sampler.eta) && sampler.eta == 0 && steps * 2 > 10', ['ddim 10']],
    ["steps % 2 == 0 && schedule.kind.startsWith('cos') && network == 'small'", ['ddim 2', 'ddim 10', 'heun 2', 'heun 10']],
    ['2 * steps - 1 == 9 && inputScale * 2 == 2', ['ddim 5', 'heun 5']],
  ])('keeps the cells for which `%s`', (where, kept) => {
    expect(pairs({ parameters: { sampler, steps }, where })).toEqual(kept);
  });

  it('drops what `exclude` matches; only the keys written in a record are compared', () => {
    const samplers = { values: [{ kind: 'ddim' }, { kind: 'ddim', eta: 1 }, { kind: 'heun' }] };
    expect(pairs({ parameters: { sampler: samplers, steps }, exclude: [{ sampler: { kind: 'ddim' } }, { sampler: { kind: 'heun' }, steps: 10 }] })).toEqual(['heun 2', 'heun 5']);
    expect(pairs({ parameters: { network: { values: ['tiny', 'small'] }, steps }, exclude: [{ network: 'tiny' }] })).toHaveLength(3);
  });

  it('adds what `include` lists, with every value of the axes that it does not name, and never a cell twice', () => {
    const parameters = { steps, sampler: { value: { kind: 'ddim' } } };
    expect(pairs({ parameters, include: [{ steps: 50 }, { steps: 10 }, { steps: 5, sampler: { kind: 'heun' } }] })).toEqual(['ddim 2', 'ddim 5', 'ddim 10', 'ddim 50', 'heun 5']);
    expect(pairs({ parameters, where: 'steps < 5', include: [{ steps: 50 }] })).toEqual(['ddim 2', 'ddim 50']);
    expect(pairs({ parameters, include: [{ sampler: { kind: 'heun' } }] })).toEqual(['ddim 2', 'ddim 5', 'ddim 10', 'heun 2', 'heun 5', 'heun 10']);
  });
});
