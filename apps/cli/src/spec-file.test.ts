import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSpecFile } from './spec-file.js';

const dir = mkdtempSync(join(tmpdir(), 'elucidate-spec-file-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('a sweep file of W&B is read as the sweep that it means, with what the command line adds, and says what is left out', async () => {
  const file = join(dir, 'wandb.yaml');
  writeFileSync(file, 'program: train.py\nmethod: grid\nparameters: { input_scale: { values: [0.5, 1] }, steps: { value: 5 } }');
  const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const { spec, text } = await readSpecFile(file, { overrides: ['dataset=fashion-mnist', 'steps=5,10'] });
    expect([spec.parameters.inputScale.values, spec.parameters.steps.values, spec.dataset.name]).toEqual([[0.5, 1], [5, 10], 'fashion-mnist']);
    expect(JSON.parse(text)).toMatchObject({ name: 'wandb-sweep', dataset: { name: 'fashion-mnist' } });
    expect(said.mock.calls.flat().join('')).toContain('left out: program: ');
  } finally {
    said.mockRestore();
  }
  writeFileSync(file, 'method: bayes\nparameters: { layers: { values: [1, 2] } }');
  await expect(readSpecFile(file)).rejects.toMatchObject({ code: 'spec.invalid', problems: [{ path: 'method' }, { path: 'parameters.layers' }] });
});
