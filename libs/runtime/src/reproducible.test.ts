import { join } from 'node:path';
import { datasetSchema } from '@elucidate/experiment/dataset-grammar';
import type { StageOutcome } from '@elucidate/experiment/execution';
import { stageDefinitions } from '@elucidate/experiment/stages';
import { hashesOf, pathsOf, tinyTraining, workshop } from '@elucidate/stages/stages.fixture';
import { pictureFolder } from '@elucidate/training/datasets/folder.fixture';
import { importFolder } from '@elucidate/training/datasets/import-folder';
import { stageProcesses } from './processes.js';

const sampling = stageDefinitions.sample.params.parse({ sampler: { kind: 'heun' }, steps: 3, discretisation: { kind: 'uniform-t' }, samplingSchedule: { kind: 'linear' }, samplingScaling: 'none', clampX0: true, noiseLevel: { kind: 'known' }, guidance: { kind: 'none' }, samples: 10, trajectory: false, seed: 3 });

test('every stage from training to score gives the same bytes and the same scores in another process', async () => {
  const shop = await workshop();
  const extractor = await shop.untrainedExtractor(1);
  const home = join(shop.root, 'home');
  // few images: a reference is the features of all of them
  await pictureFolder(join(shop.root, 'pictures'), 300);
  const { contents } = await importFolder(join(shop.root, 'pictures'), home);
  const dataset = datasetSchema.parse({ name: 'folder', contents, resolution: 16, channels: 1 });
  const outcomes: StageOutcome[][] = [];
  try {
    for (let process = 0; process < 2; process++) {
      const pool = stageProcesses({ backend: 'auto', threads: 1, home });
      const trained = await shop.run(pool.execute, 'train', tinyTraining({ dataset }));
      const sampled = await shop.run(pool.execute, 'sample', sampling, { train: pathsOf(trained) });
      const embedded = await shop.run(pool.execute, 'embed', { inputRange: 1 }, { sample: pathsOf(sampled), extractor });
      const reference = await shop.run(pool.execute, 'reference', { dataset, inputRange: 1 }, { extractor });
      const score = await shop.run(pool.execute, 'score', { metrics: ['fid', 'kid'] }, { embed: pathsOf(embedded), reference: pathsOf(reference) });
      outcomes.push([trained, sampled, embedded, reference, score]);
      await pool.close();
    }
    const [first, second] = outcomes as [StageOutcome[], StageOutcome[]];
    expect(await Promise.all(second.map(hashesOf))).toEqual(await Promise.all(first.map(hashesOf)));
    expect(second.at(-1)!.metrics).toEqual(first.at(-1)!.metrics);
  } finally {
    await shop.remove();
  }
});
