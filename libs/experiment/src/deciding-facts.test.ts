import fc from 'fast-check';
import { decidingFacts } from './deciding-facts.js';
import { parseSpec } from './parse-spec.js';
import { planSweep } from './plan.js';
import { writtenSpecs } from './spec.fixture.js';
import type { Role } from './stages.js';

test('trials share a stage exactly when they agree on the facts that decide it', () => {
  fc.assert(fc.property(writtenSpecs, (written) => {
    const { cells, trials } = planSweep(parseSpec(written));
    const configs = new Map(cells.map(({ id, config }) => [id, config]));
    const [textOf, stageOf] = [new Map<string, string>(), new Map<string, string>()];
    for (const { cellId, trainSeed, sampleSeed, stages } of trials) {
      const facts: Record<string, unknown> = { ...configs.get(cellId), trainSeed, sampleSeed };
      for (const [role, id] of Object.entries(stages)) {
        const text = JSON.stringify([role, ...[...decidingFacts(role as Role)].sort().map((fact) => facts[fact])]);
        expect([textOf.get(role + id) ?? text, stageOf.get(text) ?? id]).toEqual([text, id]);
        textOf.set(role + id, text);
        stageOf.set(text, id);
      }
    }
  }), { numRuns: 15 });
});

test.each<[Role, string[], string[]]>([
  ['train', ['schedule', 'network', 'trainSeed'], ['sampler', 'sampleSeed']],
  ['sample', ['schedule', 'sampler', 'trainSeed', 'sampleSeed'], ['metrics']],
  ['score', ['schedule', 'sampler', 'metrics', 'extractor'], []],
  ['extractor', ['extractor'], ['schedule', 'trainSeed']],
])('a %s stage is decided by %j, not by %j', (role, by, not) => {
  const facts = decidingFacts(role) as ReadonlySet<string>;
  expect([by.filter((fact) => !facts.has(fact)), not.filter((fact) => facts.has(fact))]).toEqual([[], []]);
});
