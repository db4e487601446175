import { readFile } from 'node:fs/promises';
import { karrasLevels } from '@elucidate/diffusion/discretisations/karras';
import { leastPath } from '@elucidate/diffusion/optimised-levels';
import { stageDefinitions, type StageParams } from '@elucidate/experiment/stages';
import { readImages } from './image-files.js';
import { hashesOf, pathsOf, runHere, tinyTraining, workshop } from './stages.fixture.js';

const data = { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 4 } as const;
const grid = { rho: 7, sigmaMin: 0.01, sigmaMax: 20 };
const chosen = (changes: Partial<StageParams<'levels'>> = {}) => stageDefinitions.levels.params.parse({
  sampler: { kind: 'euler' }, steps: 4, discretisation: { kind: 'optimised', ...grid, teacherSteps: 12, images: 70 }, clampX0: false, guidance: { kind: 'none' }, ...changes,
});
const sampling = (discretisation: object) => stageDefinitions.sample.params.parse({
  sampler: { kind: 'euler' }, steps: 4, discretisation, samplingSchedule: { kind: 'linear' }, samplingScaling: 'none', clampX0: false, noiseLevel: { kind: 'known' }, guidance: { kind: 'none' }, trajectory: false, samples: 5, seed: 3,
});

let shop: Awaited<ReturnType<typeof workshop>>;
beforeAll(async () => { shop = await workshop(); });
afterAll(() => shop.remove());

test('a levels stage chooses the levels of the closed form on Gaussian data, and a list of them makes the same images', async () => {
  const train = pathsOf(await shop.run(runHere, 'train', tinyTraining({ dataset: data, network: { kind: 'exact' } })));
  const found = await shop.run(runHere, 'levels', chosen(), { train });
  const { discretisation, teacher } = JSON.parse(await readFile(pathsOf(found)['levels']!, 'utf8')) as { discretisation: { kind: 'list'; levels: number[] }; teacher: number[] };

  // y - mean is multiplied by the same numbers in every pixel: along the teacher's run, and in a single move
  const sigmas = karrasLevels(12, grid);
  const move = (i: number, j: number) => { const kept = sigmas[j]! / sigmas[i]!; return kept + (1 - kept) * (data.std ** 2 / (data.std ** 2 + sigmas[i]! ** 2)); };
  const along = sigmas.slice(1).reduce((states, _, i) => [...states, states[i]! * move(i, i + 1)], [1]);
  const costs = sigmas.slice(1).map((_, i) => sigmas.slice(i + 1).map((__, ahead) => Math.abs(along[i]! * move(i, i + 1 + ahead) - along[i + 1 + ahead]!)));
  expect(teacher).toEqual(sigmas);
  expect(discretisation.levels).toEqual(leastPath(costs, 4, 1.15).map((index) => sigmas[index]!));
  expect(found.metrics).toEqual([{ name: 'teacher_nfe', value: 12, details: { sigmas: discretisation.levels } }]);
  expect(await hashesOf(await shop.run(runHere, 'levels', chosen(), { train }))).toEqual(await hashesOf(found));

  const optimised = await shop.run(runHere, 'sample', sampling({ kind: 'optimised', ...grid, teacherSteps: 12, images: 70 }), { train, levels: pathsOf(found) });
  const copied = await shop.run(runHere, 'sample', sampling(discretisation), { train });
  expect((await readImages(pathsOf(copied)['images']!)).data).toEqual((await readImages(pathsOf(optimised)['images']!)).data);
  await expect(shop.run(runHere, 'sample', sampling({ kind: 'optimised', ...grid, teacherSteps: 12, images: 70 }), { train })).rejects.toMatchObject({ code: 'stage.failed', message: expect.stringContaining('5 optimised levels; 0 were given') as string });
});

test('the teacher is the solver of the cell, with its calls', async () => {
  const train = pathsOf(await shop.run(runHere, 'train', tinyTraining({ dataset: data, network: { kind: 'exact' } })));
  const { metrics } = await shop.run(runHere, 'levels', chosen({ sampler: { kind: 'heun', sChurn: 0, sTmin: 0, sNoise: 1 } }), { train });
  expect(metrics[0]).toMatchObject({ name: 'teacher_nfe', value: 23 });
  const { sigmas } = metrics[0]!.details as { sigmas: number[] };
  expect(sigmas).toHaveLength(5);
  expect(karrasLevels(12, grid)).toEqual(expect.arrayContaining(sigmas));
});
