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
  await expect(readSpecFile(file)).rejects.toMatchObject({ code: 'spec.invalid', problems: [{ path: 'method' }, { path: 'parameters.layers' }, { path: 'dataset' }] });
});

test('all that is wrong with a sweep file of W&B is one list, at the places and lines of that file', async () => {
  const file = join(dir, 'wrong.yaml');
  const text = (method: string, steps: string) => `program: train.py
method: ${method}
parameters:
  optimizer: { values: [adam, sgd] }
  hidden: { values: [1, 2] }
  num_inference_steps: { values: [${steps}] }
  train.learningRate: { values: [0.001, 0.002] }
  batch_size: { value: -1 }
`;
  writeFileSync(file, text('bayes', '5, 0'));
  const overrides = ['dataset=fashion-mnist'];
  await expect(readSpecFile(file, { overrides })).rejects.toMatchObject({ code: 'spec.invalid', message: expect.stringMatching(/wrong.yaml is a sweep file of W&B, of which not everything maps\. The spec has 5 mistakes:/) as string, problems: [
    { path: 'method', line: 2 }, { path: 'parameters.hidden', line: 5 },
    ...[['parameters.optimizer.values[1]', 4], ['parameters.num_inference_steps.values[1]', 6], ['parameters.batch_size', 8]].map(([path, line]) => expect.objectContaining({ path, line }) as unknown),
  ] });
  writeFileSync(file, text('grid', '5, 10').replace(/ {2}(hidden|batch).*\n/g, ''));
  const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  await expect(readSpecFile(file, { overrides })).rejects.toMatchObject({ problems: [{ path: 'parameters.optimizer.values[1]', line: 4 }] });
  await expect(readSpecFile(file, { overrides: [...overrides, 'optimiser=adam', 'steps=0'] })).rejects.toMatchObject({ problems: [{ path: 'parameters.num_inference_steps.value' }] });
  expect((await readSpecFile(file, { overrides: [...overrides, 'optimiser=adam'] })).spec.parameters.learningRate.values).toEqual([0.001, 0.002]);
  said.mockRestore();
});
