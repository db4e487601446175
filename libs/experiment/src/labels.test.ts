import fc from 'fast-check';
import { z } from 'zod';
import { canonical } from './canonical.js';
import { classConditionSchema, networks, networkSchema } from './design.js';
import { parameterSchemas } from './parameters.js';
import { discretisationSchema, emaSchema, guidanceSchema, samplerSchema } from './sampling-grammar.js';
import { scheduleSchema } from './schedule-grammar.js';
import { labelOf } from './labels.js';

describe('labelOf', () => {
  it.each([
    ['schedule', { kind: 'linear' }, 'linear'],
    ['schedule', { kind: 'cosine', start: 0.2 }, 'cosine(0.2, 1, 1)'],
    ['schedule', { kind: 'sigmoid', start: 0, tau: 0.7 }, 'sigmoid(0, 3, 0.7)'],
    ['schedule', { kind: 'linear', clipMin: 1e-5 }, 'linear clip 0.00001'],
    ['sampler', { kind: 'ddim' }, 'ddim(eta 0)'],
    ['sampler', { kind: 'ddpm', variance: 'large' }, 'ddpm(large)'],
    ['sampler', { kind: 'heun' }, 'heun'],
    ['discretisation', { kind: 'karras' }, 'karras(7, 0.002, 80)'],
    ['discretisation', { kind: 'uniform-t', schedule: { kind: 'linear' } }, 'uniform-t(0.99, linear)'],
    ['network', networks.tiny, 'tiny'],
    ['network', { channels: [8, 16], blocks: 1 }, 'unet(8-16, 1 block, 4 groups)'],
    ['classCondition', { kind: 'none' }, 'none'],
    ['classCondition', { kind: 'label' }, 'label(0.1)'],
    ['guidance', { kind: 'none' }, 'none'],
    ['guidance', { kind: 'classifier-free', scale: 2 }, 'classifier-free(scale 2)'],
    ['guidance', { kind: 'classifier-free', scale: 1.5, sigmaLow: 0.28, sigmaHigh: 2.9 }, 'classifier-free(scale 1.5, sigmaLow 0.28, sigmaHigh 2.9)'],
    ['guidance', { kind: 'autoguidance', scale: 2, network: 'tiny', images: 1000 }, 'autoguidance(scale 2, network tiny, images 1000)'],
    ['guidance', { kind: 'autoguidance', scale: 2, network: { channels: [8], blocks: 1 } }, 'autoguidance(scale 2, network unet(8, 1 block, 4 groups))'],
    ['guidance', { kind: 'autoguidance', scale: 2, images: 1000, ema: { std: 0.1 } }, 'autoguidance(scale 2, images 1000, ema std 0.1)'],
    ['ema', { kind: 'none' }, 'none'],
    ['ema', { std: 0.05 }, 'std 0.05'],
    ['ema', { halfLifeImages: 2000 }, 'half-life 2000 images'],
    ['inputScale', 0.5, '0.5'],
    ['clampX0', true, 'true'],
    ['samples', 256, '256'],
  ])('of %s %j is %s', (key, value, label) => {
    const schemas: Record<string, { parse(value: unknown): unknown }> = { schedule: scheduleSchema, sampler: samplerSchema, discretisation: discretisationSchema, network: networkSchema, classCondition: classConditionSchema, guidance: guidanceSchema, ema: emaSchema };
    expect(labelOf(key, schemas[key]?.parse(value) ?? value)).toBe(label);
  });

  it('lists the values in the order of the grammar, whatever the order of keys, with unknown ones last', () => {
    expect(labelOf('schedule', { betaD: 19.9, betaMin: 0.1, kind: 'vp' })).toBe('vp(0.1, 19.9)');
    expect(labelOf('schedule', { of: { tau: 2, end: 1, start: 0, kind: 'cosine' }, kind: 'zero-terminal-snr' })).toBe('zero-terminal-snr(cosine(0, 1, 2))');
    expect(labelOf('sampler', { kind: 'ddim', zeta: 3, eta: 0 })).toBe('ddim(eta 0, 3)');
    for (const [name, schema] of Object.entries(parameterSchemas)) {
      for (const option of schema instanceof z.ZodDiscriminatedUnion ? schema.options : []) {
        const { kind, ...shape } = (option as z.ZodObject).shape;
        const places = Object.keys(shape).filter((key) => key !== 'clipMin').map((key, index) => [key, `#${index}`] as const);
        const label = labelOf(name, { ...Object.fromEntries([...places].reverse()), kind: (kind instanceof z.ZodDefault ? kind.unwrap() as z.ZodLiteral : kind as z.ZodLiteral).value });
        expect(label.match(/#\d+/g) ?? []).toEqual(places.map(([, place]) => place));
      }
    }
  });

  it('differs between different schedules', () => {
    const few = fc.constantFrom(0, 0.1, 0.25);
    const schedule = fc.record({ kind: fc.constantFrom('linear', 'cosine', 'sigmoid'), start: few, end: fc.constantFrom(0.5, 1), tau: fc.constantFrom(1, 2), clipMin: fc.constantFrom(1e-9, 1e-5) })
      .map(({ kind, clipMin, ...shape }) => scheduleSchema.parse(kind === 'linear' ? { kind, clipMin } : { kind, clipMin, ...shape }));
    fc.assert(fc.property(schedule, schedule, (one, other) => {
      expect(labelOf('schedule', one) === labelOf('schedule', other)).toBe(canonical(one) === canonical(other));
    }));
  });
});
