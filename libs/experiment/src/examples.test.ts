import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planSweep } from './plan.js';
import { parseSpec } from './spec.js';

const folder = join(__dirname, '../../../examples');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('the examples', () => {
  it.each(files)('%s is a sweep that plans to fewer trainings than trials', (name) => {
    const { stages, trials } = planSweep(parseSpec(readFileSync(join(folder, name), 'utf8')));
    expect(stages.filter(({ kind }) => kind === 'train').length).toBeLessThan(trials.length);
  });
});
