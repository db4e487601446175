import type { DataSource } from 'typeorm';

/** Handwritten rows: a sweep of cells, each with trials whose numbers the test chooses. */
export interface TrialRow {
  trainSeed?: number;
  sampleSeed?: number;
  fid?: number;
  kid?: number;
  precision?: number;
  /** FID of the first images only. */
  'fid@64'?: number;
  n?: number;
  evaluator?: string;
  nfe?: number;
  outside?: number;
}

export interface CellRow {
  id: string;
  config: Record<string, unknown>;
  trials: TrialRow[];
}

export const baseConfig = {
  schedule: { kind: 'linear', clipMin: 1e-9 },
  inputScale: 1,
  parameterisation: 'eps',
  sampler: { kind: 'heun' },
  steps: 10,
  dataset: { name: 'fashion-mnist', resolution: 32 },
};

export const cosine = { kind: 'cosine', start: 0, end: 1, tau: 1, clipMin: 1e-9 };

const scored = ['fid', 'fid@64', 'kid', 'precision'] as const;
export const realBaselines = { fid: 1.5, 'fid@64': 4, kid: 0.001, precision: 0.9 };

/** Inserts a running sweep with its cells, trials, stages (done when they have a number, ready when not) and metrics. */
export async function insertSweep(db: DataSource, sweepId: string, cells: readonly CellRow[]): Promise<void> {
  await db.query(`insert into sweeps (id, name, state, spec, spec_hash) values ($1, $1, 'running', '{"name": "x"}', 'h')`, [sweepId]);
  let position = 0;
  for (const [cellPosition, { id, config, trials }] of cells.entries()) {
    await db.query('insert into cells values ($1, $2, $3, $4)', [sweepId, id, cellPosition, JSON.stringify(config)]);
    for (const [index, trial] of trials.entries()) {
      const stages = { train: `train-${sweepId}-${id}-${index}`, sample: `sample-${sweepId}-${id}-${index}`, score: `score-${sweepId}-${id}-${index}` };
      const state = scored.every((name) => trial[name] === undefined) ? 'ready' : 'done';
      for (const [kind, stageId] of Object.entries(stages)) {
        await db.query(`insert into stages (id, kind, code_version, params, state, work) values ($1, $2, 1, '{}', $3, 100)`, [stageId, kind, state]);
        await db.query('insert into sweep_stages values ($1, $2, $3, false)', [sweepId, stageId, position++]);
      }
      const [{ trialId }] = await db.query<[{ trialId: string }]>(`
        insert into trials (sweep_id, cell_id, train_seed, sample_seed) values ($1, $2, $3, $4) returning id as "trialId"`, [sweepId, id, trial.trainSeed ?? 1, trial.sampleSeed ?? index]);
      await db.query('insert into trial_stages select $1, key, value from jsonb_each_text($2)', [trialId, JSON.stringify(stages)]);
      if (state === 'done') await insertMetrics(db, stages, trial);
    }
  }
}

async function insertMetrics(db: DataSource, stages: { sample: string; score: string }, { n = 2048, evaluator = 'e', nfe = 19, ...trial }: TrialRow): Promise<void> {
  await db.query(`insert into metrics (stage_id, name, value) values ($1, 'nfe', $2)`, [stages.sample, nfe]);
  if (trial.outside !== undefined) await db.query(`insert into metrics (stage_id, name, value) values ($1, 'noise_levels_out_of_range', $2)`, [stages.sample, trial.outside]);
  for (const name of scored) {
    if (trial[name] === undefined) continue;
    for (const [metric, value] of [[name, trial[name]], [`${name}_real`, realBaselines[name]]] as const) {
      await db.query('insert into metrics (stage_id, name, value, n, evaluator) values ($1, $2, $3, $4, $5)', [stages.score, metric, value, name === 'fid@64' ? 64 : n, evaluator]);
    }
  }
}
