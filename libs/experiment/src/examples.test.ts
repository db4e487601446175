import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { planSweep } from './plan.js';
import { parseSpec } from './parse-spec.js';

const folder = join(__dirname, '../../../examples');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

/** Every form of every file. */
const forms = files.flatMap((name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  const profiles = Object.keys((parse(text) as { profiles?: object }).profiles ?? {});
  return [undefined, ...profiles].map((profile) => ({ name, profile, text }));
});

describe('the examples', () => {
  it.each(forms)('$name, profile $profile, is a sweep that plans to no more training runs than trials', ({ text, profile }) => {
    const { stages, trials } = planSweep(parseSpec(text, { profile }));
    expect(stages.filter(({ kind }) => kind === 'train').length).toBeLessThanOrEqual(trials.length);
  });

  it.each(forms.filter(({ profile }) => profile === 'small'))('$name is cheaper when small', ({ text }) => {
    const [full, small] = [undefined, 'small'].map((profile) => planSweep(parseSpec(text, { profile })).stages.reduce((sum, { work }) => sum + work, 0));
    expect(small).toBeLessThan(full! / 100);
  });
});
