import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scalar } from './raw-columns.js';
import { trialsOptuna } from './trials-optuna.js';
import type { TrialsPage } from './trials.js';

const columns = ['cell', 'inputScale', 'sampler.kind', 'sampler.eta', 'steps', 'train_seed', 'state', 'fid', 'precision', 'n', 'evaluator'];
const trial = (...values: Scalar[]): Record<string, Scalar> => Object.fromEntries(columns.map((column, i) => [column, values[i] ?? null]));
const [e, f] = ['e'.repeat(64), 'f'.repeat(64)];
const trials = [
  trial('c0', 0.5, 'ddim', 0, 10, 1, 'done', 12.25, 0.5, 64, e),
  trial('c1', 1, 'heun', null, 20, 1, 'done', 10.5, 0.75, 64, e),
  trial('c2', 0.7, 'heun', null, 5, 1, 'done', NaN, null, 64, e),
  trial('c3', 0.5, 'ddim', 1, 20, 2, 'failed', null, null, null, null),
  trial('c4', 1, 'ddim', 1, 10, 1, 'done', 9, 0.5, 128, f),
  trial('c5', 1, 'ddim', 1, 5, 1, 'ready'),
];
const page = (some: typeof trials): TrialsPage => ({ columns, types: {}, trials: some, nextCursor: null });
const pages = async function* (): AsyncGenerator<TrialsPage> {
  yield page(trials.slice(0, 2));
  yield page(trials.slice(2));
};

async function journal(metric: string): Promise<string> {
  let text = '';
  for await (const part of trialsOptuna({ pages, metric, name: 'quick', sweepId: 's1' })) text += part;
  return text;
}

test('scores of another evaluator or n are another study, and what has not ended is left out', async () => {
  const lines = (await journal('fid')).trimEnd().split('\n').map((text) => JSON.parse(text) as Record<string, unknown>);
  expect(lines.filter(({ op_code }) => op_code === 0).map(({ study_name, directions }) => [study_name, directions])).toEqual([['quick (evaluator eeeeeeee, n 64)', [1]], ['quick (evaluator ffffffff, n 128)', [1]]]);
  expect(lines.filter(({ op_code }) => op_code === 4).map(({ study_id, state, value }) => [study_id, state, value])).toEqual([[0, 1, 12.25], [0, 1, 10.5], [0, 3, null], [0, 3, null], [1, 1, 9]]);
});

/** Prints what Optuna reads from journals. */
const reader = `
import json, sys, warnings
warnings.simplefilter('ignore')
import optuna
def studies(path):
    storage = optuna.storages.JournalStorage(optuna.storages.JournalFileStorage(path))
    return [study(s.study_name, storage) for s in optuna.get_all_study_summaries(storage)]
def study(name, storage):
    it = optuna.load_study(study_name=name, storage=storage)
    return {'name': name, 'direction': it.direction.name, 'best': it.best_trial.params if it.best_trials else None, 'sweep': it.user_attrs['sweep'],
            'trials': [{'state': t.state.name, 'value': t.value, 'params': t.params, 'cell': t.user_attrs['cell']} for t in it.trials], 'distributions': {k: str(v) for k, v in it.trials[0].distributions.items()}}
print(json.dumps([studies(path) for path in sys.argv[1:]]))
`;

// Debian's package is for Debian's Python, which need not be the first in PATH
const python = ['/usr/bin/python3', 'python3'].find((command) => spawnSync(command, ['-c', 'import importlib.util, sys; sys.exit(importlib.util.find_spec("optuna") is None)']).status === 0);
if (python === undefined && process.env['ELUCIDATE_REQUIRE_OPTUNA'] === '1') throw new Error('No Python has optuna, and ELUCIDATE_REQUIRE_OPTUNA=1 requires one');
const withOptuna = python === undefined ? test.skip : test;

withOptuna(`${python === undefined ? 'SKIPPED, python3-optuna is not installed: ' : ''}Optuna reads back every trial with its parameters, and knows the best`, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'elucidate-optuna-'));
  try {
    const files = ['fid', 'precision'].map((metric) => ({ metric, path: join(dir, `${metric}.log`) }));
    for (const { metric, path } of files) writeFileSync(path, await journal(metric));
    const { status, stdout, stderr } = spawnSync(python!, ['-c', reader, ...files.map(({ path }) => path)], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const [[first, second], [highest]] = JSON.parse(stdout) as [[object, object], [object]];
    expect(first).toEqual({
      name: 'quick (evaluator eeeeeeee, n 64)', direction: 'MINIMIZE', sweep: 's1', best: { 'inputScale': 1, 'sampler.kind': 'heun', 'steps': 20 },
      distributions: { 'inputScale': 'FloatDistribution(high=1.0, log=False, low=0.5, step=None)', 'sampler.kind': "CategoricalDistribution(choices=('ddim', 'heun'))", 'sampler.eta': 'IntDistribution(high=1, log=False, low=0, step=1)', 'steps': 'IntDistribution(high=20, log=False, low=5, step=1)' },
      trials: [
        { state: 'COMPLETE', value: 12.25, cell: 'c0', params: { 'inputScale': 0.5, 'sampler.kind': 'ddim', 'sampler.eta': 0, 'steps': 10 } },
        { state: 'COMPLETE', value: 10.5, cell: 'c1', params: { 'inputScale': 1, 'sampler.kind': 'heun', 'steps': 20 } },
        { state: 'FAIL', value: null, cell: 'c2', params: { 'inputScale': 0.7, 'sampler.kind': 'heun', 'steps': 5 } },
        { state: 'FAIL', value: null, cell: 'c3', params: { 'inputScale': 0.5, 'sampler.kind': 'ddim', 'sampler.eta': 1, 'steps': 20 } },
      ],
    });
    expect(second).toMatchObject({ trials: [{ value: 9, cell: 'c4' }] });
    expect(highest).toMatchObject({ direction: 'MAXIMIZE', best: { steps: 20 } });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
