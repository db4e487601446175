import fc from 'fast-check';
import { contentId, stageId } from './canonical.js';
import { networks } from './design.js';
import { planSweep } from './plan.js';
import type { Plan } from './plan.js';
import { gridSize, least, writtenSpecs } from './spec.fixture.js';
import { parseSpec } from './parse-spec.js';
import { stageDefinitions, stageKinds, trialRoles } from './stages.js';
import type { Role, StageKind, StageParams } from './stages.js';
import { forwardFlops } from './work.js';

const sampling = new Set(['sampler', 'steps', 'discretisation', 'samplingSchedule', 'samplingScaling', 'clampX0', 'noiseLevel']);
const ids = (plan: Plan) => new Set(plan.stages.map(({ id }) => id));
const countOf = ({ stages }: Plan, kind: StageKind) => stages.filter((stage) => stage.kind === kind).length;

/** Stages of each kind that is planned. */
function countsOf({ stages }: Plan): Partial<Record<StageKind, number>> {
  const counts: Partial<Record<StageKind, number>> = {};
  for (const { kind } of stages) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** The kinds that read a kind, directly or not, and itself. */
function descendants(kind: StageKind): Set<StageKind> {
  const found = new Set<StageKind>([kind]);
  for (const other of stageKinds) if (Object.values(trialRoles[other].inputs).some((role) => found.has(trialRoles[role as Role].kind))) found.add(other);
  return found;
}

describe('planSweep', () => {
  it('plans, on a full grid, one training run per training point and seed and one sampling run per trial', () => {
    fc.assert(fc.property(writtenSpecs, (written) => {
      const spec = parseSpec(written);
      const plan = planSweep(spec);
      const points = Object.entries(spec.parameters).filter(([name]) => !sampling.has(name)).reduce((product, [, { values }]) => product * values.length, 1);
      const trials = gridSize(spec) * spec.seeds.train.length * spec.seeds.sample.length;
      expect(countsOf(plan)).toEqual({ extractor: 1, reference: 1, train: points * spec.seeds.train.length, sample: trials, embed: trials, score: trials });
      expect(plan.trials).toHaveLength(trials);
    }), { numRuns: 30 });
  });

  it('plans 60 training runs for the 7,200 trials of 4 schedules x 5 scales x 5 samplers x 8 step counts x 3 x 3 seeds', () => {
    const plan = planSweep(parseSpec({
      ...least,
      parameters: {
        schedule: { values: [{ kind: 'linear' }, { kind: 'cosine' }, { kind: 'sigmoid' }, { kind: 'sigmoid', start: 0 }] },
        inputScale: { values: [0.2, 0.4, 0.6, 0.8, 1] },
        sampler: { values: [{ kind: 'ddpm' }, { kind: 'ddim' }, { kind: 'ddim', eta: 1 }, { kind: 'euler' }, { kind: 'heun' }] },
        steps: { values: [2, 5, 10, 20, 50, 100, 200, 1000] },
      },
      seeds: { train: [1, 2, 3], sample: [1, 2, 3] },
    }));
    expect([countOf(plan, 'train'), plan.cells.length, plan.trials.length]).toEqual([60, 800, 7200]);
  });

  it('lets cells that differ only in sampling share one training', () => {
    const { trials } = planSweep(parseSpec({ ...least, parameters: { sampler: { values: [{ kind: 'ddim' }, { kind: 'heun' }] }, steps: { values: [5, 10] }, discretisation: { values: [{ kind: 'uniform-t' }, { kind: 'karras' }] }, clampX0: { values: [true, false] } }, seeds: { sample: [1, 2] } }));
    expect(new Set(trials.map(({ stages }) => stages.train)).size).toBe(1);
    expect(new Set(trials.map(({ stages }) => stages.sample)).size).toBe(32);
  });

  it('trains one noise-level estimator for the cells with predicted levels, and none for the others', () => {
    const parameters = { noiseLevel: { values: [{ kind: 'known' }, { kind: 'predicted' }] }, conditioning: { value: 'none' }, steps: { values: [5, 10] } };
    const { stages } = planSweep(parseSpec({ ...least, parameters, seeds: { train: [1, 2] } }));
    const [estimator, ...others] = stages.filter(({ kind }) => kind === 'noise-level');
    expect(others).toEqual([]);
    for (const { params, inputs } of stages.filter(({ kind }) => kind === 'sample')) {
      expect(inputs['noiseLevel']).toBe((params as StageParams<'sample'>).noiseLevel.kind === 'predicted' ? estimator?.id : undefined);
    }
  });

  it('chooses optimised levels once for each network, solver and number of steps, whatever the sample seed, and for no other cells', () => {
    const parameters = { sampler: { values: [{ kind: 'euler' }, { kind: 'heun' }] }, steps: { values: [5, 6] }, discretisation: { values: [{ kind: 'karras' }, { kind: 'optimised' }] }, inputScale: { values: [0.5, 1] } };
    const { stages } = planSweep(parseSpec({ ...least, parameters, seeds: { sample: [1, 2] } }));
    const chosen = new Map(stages.filter(({ kind }) => kind === 'levels').map((stage) => [stage.id, stage]));
    expect(chosen.size).toBe(2 * 2 * 2);
    for (const { params, inputs } of stages.filter(({ kind }) => kind === 'sample')) {
      const { discretisation, sampler, steps } = params as StageParams<'sample'>;
      if (discretisation.kind === 'optimised') expect(chosen.get(inputs['levels']!)).toMatchObject({ params: { sampler, steps }, inputs: { train: inputs['train'] }, work: 256 * (sampler.kind === 'heun' ? 119 : 60) * forwardFlops(networks.small, 32) });
      else expect(Object.keys(inputs)).toEqual(['train']);
    }
  });

  it('takes every average out of one training, names its stages once, and leaves the ids of cells and stages without one as they are', () => {
    const parameters = { ema: { values: ['trained', 'none', { std: 0.05 }, { kind: 'power', halfLifeImages: 9000 }] }, steps: { values: [5, 10] } };
    const train = { emaSnapshots: 16, images: 20_000 };
    const averaged = planSweep(parseSpec({ ...least, parameters, train, seeds: { train: [1, 2] } }));
    const { cells, stages } = averaged;
    expect(countsOf(averaged)).toMatchObject({ train: 2, average: 2 * 3, sample: 2 * 4 * 2 });
    const plain = planSweep(parseSpec({ ...least, parameters: { steps: { values: [5, 10] } }, train, seeds: { train: [1, 2] } }));
    expect(cells.slice(0, 2).map(({ id }) => id)).toEqual(plain.cells.map(({ id }) => id));
    const known = ids(averaged);
    for (const { id } of plain.stages) expect(known).toContain(id);
    const averages = new Map(stages.filter(({ kind }) => kind === 'average').map((stage) => [stage.id, stage]));
    for (const { inputs } of stages.filter(({ kind }) => kind === 'sample')) if (inputs['average'] !== undefined) expect(averages.get(inputs['average'])!.inputs).toEqual({ train: inputs['train'] });
  });

  it('leaves cells and stages whose noise is not assigned the ids that they had before it could be, and trains the others, guides too, for themselves', () => {
    const guidance = { values: [{ kind: 'none' }, { kind: 'autoguidance', scale: 2, images: 5000 }] };
    const [plain, both] = [{}, { noisePairing: { values: ['independent', 'immiscible'] } }].map((pairing) => planSweep(parseSpec({ ...least, parameters: { guidance, ...pairing } }))) as [Plan, Plan];
    for (const { cells, stages } of [plain, both]) {
      for (const { id, config: { noisePairing, ...config } } of cells) expect(id).toBe(contentId({ ...config, ema: undefined, ...(noisePairing === 'immiscible' && { noisePairing }) }));
      for (const { id, kind, codeVersion, params, inputs } of stages) expect(id).toBe(stageId({ kind, codeVersion, params, inputs }));
    }
    for (const { params } of plain.stages) expect((params as StageParams<'train'>).noisePairing).toBeUndefined();
    for (const id of ids(plain)) expect(ids(both)).toContain(id);
    expect(both.cells.filter(({ id }) => plain.cells.some((cell) => cell.id === id))).toHaveLength(2);
    expect([countsOf(plain), countsOf(both)]).toMatchObject([{ train: 2, sample: 2 }, { train: 4, sample: 4 }]);
  });

  it('averages a guide as the cell, or as its guidance says', () => {
    const guidance = { values: [{ kind: 'autoguidance', scale: 2, images: 5000 }, { kind: 'autoguidance', scale: 2, images: 5000, ema: { std: 0.1 } }, { kind: 'autoguidance', scale: 2, images: 5000, ema: { kind: 'trained' } }] };
    const { cells, trials, stages } = planSweep(parseSpec({ ...least, parameters: { guidance, ema: { values: ['trained', { std: 0.05 }] } }, train: { emaSnapshots: 16, images: 20_000 } }));
    const byId = new Map(stages.map((stage) => [stage.id, stage]));
    const found = trials.map(({ cellId, stages: { guideAverage, average, sample, guide } }) => {
      const { config } = cells.find(({ id }) => id === cellId)!;
      const made = guideAverage === undefined ? 'trained' : (byId.get(guideAverage)!.params as StageParams<'average'>).ema;
      expect(byId.get(sample!)!.inputs['average']).toBe(average);
      expect(byId.get(sample!)!.inputs['guideAverage']).toBe(guideAverage);
      if (guideAverage !== undefined) expect(byId.get(guideAverage)!.inputs).toEqual({ train: guide });
      const own = config.guidance.kind === 'autoguidance' ? config.guidance.ema : undefined;
      return [own ?? config.ema, made];
    });
    expect(found).toHaveLength(6);
    for (const [wanted, made] of found) expect(made).toEqual((wanted as { kind: string }).kind === 'trained' ? 'trained' : wanted);
    expect(stages.filter(({ kind }) => kind === 'average')).toHaveLength(3);
  });

  it('gives a default that is written out the ids that it has without', () => {
    const sampling = (discretisation: object, sampler: object) => planSweep(parseSpec({ ...least, parameters: { discretisation: { value: discretisation }, sampler: { value: sampler } } })).stages.find(({ kind }) => kind === 'sample')!.id;
    expect(sampling({ kind: 'karras', denoiseToZero: true }, { kind: 'heun', analyticFirst: false })).toBe(sampling({ kind: 'karras' }, { kind: 'heun' }));
    expect(sampling({ kind: 'karras', denoiseToZero: false }, { kind: 'heun' })).not.toBe(sampling({ kind: 'karras' }, { kind: 'heun' }));
  });

  it('gives the same stages, cells and trials whatever the order of keys, axis values and seeds', () => {
    const shuffledSpecs = writtenSpecs.map((written) => [written, {
      ...Object.fromEntries(Object.entries(written).reverse()),
      parameters: Object.fromEntries(Object.entries(written.parameters).reverse().map(([name, { values }]) => [name, { values: [...values].reverse() }])),
      seeds: Object.fromEntries(Object.entries(written.seeds as Record<string, number[]>).reverse().map(([name, seeds]) => [name, [...seeds].reverse()])),
    }] as const);
    fc.assert(fc.property(shuffledSpecs, ([written, shuffled]) => {
      const [plan, other] = [planSweep(parseSpec(written)), planSweep(parseSpec(shuffled))];
      expect(ids(other)).toEqual(ids(plan));
      expect(new Set(other.cells.map(({ id }) => id))).toEqual(new Set(plan.cells.map(({ id }) => id)));
      expect(new Set(other.trials.map((trial) => JSON.stringify(trial)))).toEqual(new Set(plan.trials.map((trial) => JSON.stringify(trial))));
    }), { numRuns: 30 });
  });

  it.each(stageKinds)('a new code version of %s changes exactly its own ids and those of the kinds that read it', (kind) => {
    const spec = parseSpec({ ...least, parameters: { inputScale: { values: [0.5, 1] }, steps: { values: [5, 10] }, ...(kind === 'levels' ? { discretisation: { value: { kind: 'optimised' } } } : { noiseLevel: { value: { kind: 'predicted' } } }), ...(kind === 'average' && { ema: { value: { kind: 'none' } } }) }, seeds: { train: [1, 2] } });
    const [before, after] = [planSweep(spec), planSweep(spec, { roles: { ...trialRoles, [kind]: { ...trialRoles[kind], codeVersion: trialRoles[kind].codeVersion + 1 } } })];
    const kept = ids(after);
    const changed = new Set(before.stages.filter(({ id }) => !kept.has(id)).map((stage) => stage.kind));
    const unchanged = new Set(before.stages.filter(({ id }) => kept.has(id)).map((stage) => stage.kind));
    // a kind that these trials do not need has no stage
    const planned = Object.keys(countsOf(before)) as StageKind[];
    expect(changed).toEqual(new Set(planned.filter((other) => descendants(kind).has(other))));
    expect(unchanged).toEqual(new Set(planned.filter((other) => !descendants(kind).has(other))));
  });

  it('names a stage by its kind, code version, params and inputs, whatever it shares with others', () => {
    const parameters = { sampler: { values: [{ kind: 'ddim' }, { kind: 'heun' }] }, steps: { values: [5, 10] }, noiseLevel: { values: [{ kind: 'known' }, { kind: 'predicted' }] } };
    const include = [{ sampler: { kind: 'heun' }, steps: 10, noiseLevel: { kind: 'known' } }, { sampler: { kind: 'heun' }, steps: 7, noiseLevel: { kind: 'known' }, inputScale: 0.5, network: 'tiny' }];
    const { cells, stages } = planSweep(parseSpec({ ...least, parameters, include, seeds: { train: [1, 2], sample: [1, 2, 3] } }));
    expect(cells).toHaveLength(9);
    for (const { id, config } of cells) expect(id).toBe(contentId({ ...config, ema: undefined, noisePairing: undefined }));
    for (const { id, kind, codeVersion, params, inputs } of stages) expect(id).toBe(stageId({ kind, codeVersion, params, inputs }));
  });

  it('lists every stage once, after its inputs, with the params of its kind and no more', () => {
    fc.assert(fc.property(writtenSpecs, (written) => {
      const { stages, trials } = planSweep(parseSpec(written));
      const seen = new Map<string, StageKind>();
      for (const { id, kind, params, inputs, work } of stages) {
        expect(seen.has(id)).toBe(false);
        expect(stageDefinitions[kind].params.parse(params)).toEqual(params);
        expect(trialRoles[kind].inputs).toMatchObject(Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, seen.get(input)])));
        expect(work).toBeGreaterThanOrEqual(0);
        seen.set(id, kind);
      }
      for (const { stages: named } of trials) for (const [role, id] of Object.entries(named)) expect(seen.get(id)).toBe(trialRoles[role as Role].kind);
    }), { numRuns: 10 });
  });

  it('plans a second stage of one kind in another role, for the trials that need it', () => {
    const twice = { ...trialRoles.train, uses: { ...trialRoles.train.uses, seed: 'sampleSeed' as const }, when: ({ steps }: { steps: number }) => steps > 5 };
    const roles = { ...trialRoles, second: twice, sample: { ...trialRoles.sample, inputs: { ...trialRoles.sample.inputs, second: 'second' as Role } } };
    const spec = parseSpec({ ...least, parameters: { steps: { values: [5, 10] } }, seeds: { train: [1], sample: [1, 2] } });
    const [plain, { stages, trials }] = [planSweep(spec), planSweep(spec, { roles })];
    const named = (id: string | undefined) => stages.find((stage) => stage.id === id);
    expect(trials.map(({ stages: byRole }) => (named((byRole as Record<string, string>)['second'])?.params as StageParams<'train'> | undefined)?.seed)).toEqual([undefined, undefined, 1, 2]);
    expect(trials.map(({ stages: byRole }) => named(byRole.sample)?.inputs['second'])).toEqual(trials.map(({ stages: byRole }) => (byRole as Record<string, string>)['second']));
    // the same seed gives the same training run; without a seed the stages are unchanged
    expect(stages.filter(({ kind }) => kind === 'train')).toHaveLength(2);
    expect(trials.slice(0, 2)).toEqual(plain.trials.slice(0, 2));
  });

  describe('with autoguidance', () => {
    const guidance = (...guides: object[]) => ({ values: [{ kind: 'none' }, ...guides.map((guide) => ({ kind: 'autoguidance', scale: 2, ...guide }))] });
    const trained = ({ stages }: Plan) => stages.flatMap(({ kind, params }) => (kind === 'train' ? [params as StageParams<'train'>] : []));

    it('trains a guide for each train seed, like the network it guides but for what it names, and leaves other stages as they are', () => {
      const written = { ...least, train: { network: 'small', images: 5000 }, seeds: { train: [1, 2], sample: [1, 2] } };
      const [plain, plan] = [planSweep(parseSpec(written)), planSweep(parseSpec({ ...written, parameters: { guidance: guidance({ network: 'tiny', images: 640 }, { network: 'tiny', images: 640, sigmaHigh: 5 }, { images: 0 }) } }))];
      expect(plan.stages.map(({ id }) => id)).toEqual(expect.arrayContaining([...ids(plain)]));
      const [own] = trained(plain);
      expect(trained(plan)).toHaveLength(6);
      for (const seed of [1, 2]) expect(trained(plan).filter((params) => params.seed === seed)).toEqual([{ ...own, seed }, { ...own, seed, network: networks.tiny, images: 640 }, { ...own, seed, images: 0 }]);
      for (const { stages, cellId } of plan.trials) {
        const { config } = plan.cells.find(({ id }) => id === cellId)!;
        expect(plan.stages.find(({ id }) => id === stages.sample)!.inputs).toEqual({ train: stages.train, ...(config.guidance.kind === 'autoguidance' && { guide: stages.guide! }) });
        expect(stages.guide === undefined).toBe(config.guidance.kind === 'none');
      }
    });

    it('guides by the training run of another cell where that is the same', () => {
      const parameters = { network: { values: ['tiny', 'small'] }, guidance: guidance({ network: 'tiny' }) };
      const plan = planSweep(parseSpec({ ...least, parameters, where: "guidance.kind == 'none' || guidance.network != network" }));
      expect([plan.cells.length, countsOf(plan).train]).toEqual([3, 2]);
      const [ofTiny, , guided] = plan.trials.map(({ stages }) => stages);
      expect(guided!.guide).toBe(ofTiny!.train);
    });
  });

  it('plans stages of any kind that no other stage reads', () => {
    const roles = { ...trialRoles, memorised: { ...trialRoles.embed, uses: {}, inputs: { sample: 'sample' as Role } } };
    const { stages, trials } = planSweep(parseSpec({ ...least, parameters: { steps: { values: [5, 10] } } }), { roles });
    expect(trials.map(({ stages: byRole }) => stages.find(({ id }) => id === (byRole as Record<string, string>)['memorised'])?.inputs)).toEqual(trials.map(({ stages: { sample } }) => ({ sample })));
  });

  it('names a stage once, though an included cell writes the same values again', () => {
    const parameters = { sampler: { values: [{ kind: 'ddim' }, { kind: 'heun' }] }, schedule: { values: [{ kind: 'linear' }, { kind: 'cosine' }] }, steps: { value: 5 } };
    const include = [{ sampler: { kind: 'heun' }, schedule: { kind: 'cosine' }, steps: 10 }, { schedule: { kind: 'cosine' }, sampler: { kind: 'ddim' } }];
    const { cells, trials, stages } = planSweep(parseSpec({ ...least, parameters, include }));
    expect([cells.length, trials.length]).toEqual([5, 5]);
    expect(stageKinds.map((kind) => stages.filter((stage) => stage.kind === kind).length)).toEqual([1, 1, 2, 0, 0, 0, 5, 5, 5]);
    expect(new Set(stages.map(({ id }) => id)).size).toBe(stages.length);
  });

  it('plans a sweep of more combinations of values than there are exact numbers', () => {
    const values = Array.from({ length: 300 }, (_, index) => index + 1);
    const include = values.map((value) => ({ steps: value + 1, inputScale: value / 10, learningRate: value / 1000, gradientClip: value, sigmaData: value, lossWeight: { kind: 'min-snr', snrCap: value }, schedule: { kind: 'sigmoid', tau: value }, sampler: { kind: 'ddim', eta: value / 1000 } }));
    const { cells, stages } = planSweep(parseSpec({ ...least, include }));
    for (const { id, config } of cells) expect(id).toBe(contentId({ ...config, ema: undefined, noisePairing: undefined }));
    for (const { id, kind, codeVersion, params, inputs } of stages) expect(id).toBe(stageId({ kind, codeVersion, params, inputs }));
    expect(stageKinds.map((kind) => stages.filter((stage) => stage.kind === kind).length)).toEqual([1, 1, 301, 0, 0, 0, 301, 301, 301]);
  });

  it('uses one extractor for both resolutions', () => {
    const [large, small] = [32, 16].map((resolution) => planSweep(parseSpec({ ...least, dataset: { name: 'fashion-mnist', resolution } })));
    const extractorId = (plan: Plan | undefined) => plan?.stages.find(({ kind }) => kind === 'extractor')?.id;
    expect(extractorId(small)).toBe(extractorId(large));
  });
});
