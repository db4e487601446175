import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { planSweep } from './plan.js';
import { nfe } from './work.js';
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
  it.each(forms)('$name, profile $profile, is a valid sweep, each cell once and with its stages', ({ text, profile }) => {
    const { cells, trials, stages } = planSweep(parseSpec(text, { profile }));
    expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
    const ids = new Set(stages.map(({ id }) => id));
    for (const { stages: needed } of trials) for (const id of Object.values(needed)) expect(ids.has(id)).toBe(true);
  });

  it.each(forms.filter(({ profile }) => profile === 'small'))('$name is cheaper with profile small', ({ text }) => {
    const [full, small] = [undefined, 'small'].map((profile) => planSweep(parseSpec(text, { profile })).stages.reduce((sum, { work }) => sum + work, 0));
    expect(small).toBeLessThan(full! / 100);
  });

  it('edm-ladder has A to F of VP and VE, each in 35 evaluations and at no level below those that VE trains on', () => {
    const { cells } = planSweep(parseSpec(forms.find(({ name, profile }) => name === 'edm-ladder.yaml' && profile === undefined)!.text));
    const rungs = cells.map(({ config }) => {
      const { parameterisation, noiseDistribution, lossWeight, network, learningRate, augmentation, sampler, steps, discretisation } = config;
      expect(nfe(config)).toBe(35);
      expect({ sampler: sampler.kind, steps }).toEqual({ sampler: 'heun', steps: 18 });
      expect('sigmaMin' in discretisation && discretisation.sigmaMin).toBe(parameterisation === 've' ? 0.02 : 0.002);
      const shape = 'channels' in network ? network.channels.join('-') : 'none';
      return [parameterisation, noiseDistribution.kind, lossWeight.kind, shape, learningRate, augmentation.kind].join(' ');
    });
    const [song, capacity] = ['128-256-256-256', '256-256-256'];
    expect(rungs.sort()).toEqual([
      `eps vp eps ${song} 0.0002 flips`, `ve log-uniform eps ${song} 0.0002 flips`,
      `eps vp eps ${song} 0.001 flips`, `ve log-uniform eps ${song} 0.001 flips`,
      `eps vp eps ${capacity} 0.001 flips`, `ve log-uniform eps ${capacity} 0.001 flips`,
      `edm vp eps ${capacity} 0.001 flips`, `edm log-uniform eps ${capacity} 0.001 flips`,
      `edm log-normal edm ${capacity} 0.001 flips`, `edm log-normal edm ${capacity} 0.001 edm`,
    ].sort());
  });
});
