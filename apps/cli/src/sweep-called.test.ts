import type { SweepSummary } from '@elucidate/store/queries/sweeps';
import type { Answers } from './answers.js';
import { sweepIdOf } from './sweep-called.js';

/** Answers that have these sweeps, the newest first. */
const having = (...sweeps: { id: string; name: string }[]): Answers => {
  const summaries = sweeps.map((sweep) => ({ ...sweep, state: 'running', createdAt: '2026-11-27T10:00:00.000Z' }) as SweepSummary);
  return { source: 'here', named: (name) => Promise.resolve(summaries.filter((sweep) => sweep.name === name)), searched: (text) => Promise.resolve(summaries.filter(({ id, name }) => id.startsWith(text) || name.includes(text))), sweeps: (limit) => Promise.resolve(summaries.slice(0, limit)) } as Partial<Answers> as Answers;
};
const [a, b] = [{ id: '0000000000aa', name: 'samplers' }, { id: '0000000000bb', name: 'schedules' }];

describe('the sweep that is meant', () => {
  it.each([['its id', b.id], ['its name', b.name]])('is found by %s', async (_, meant) => {
    expect(await sweepIdOf(having(a, b), meant)).toBe(b.id);
  });

  it('is found by the first digits of its id, unless several ids begin with them, or a sweep is called so', async () => {
    const [one, other, called] = [{ id: 'abcdef000001', name: 'samplers' }, { id: 'abcdef100001', name: 'in abcdef1' }, { id: '000000000009', name: 'abcdef0' }];
    expect(await sweepIdOf(having(one, other), 'abcdef0')).toBe(one.id);
    expect(await sweepIdOf(having(one, other), 'abcdef1')).toBe(other.id);
    expect(await sweepIdOf(having(one, called), 'abcdef0')).toBe(called.id);
    await expect(sweepIdOf(having(one, other), 'abcdef')).rejects.toMatchObject({ code: 'request.conflict', message: 'The ids of 2 sweeps begin with abcdef; give more digits: abcdef000001 (samplers), abcdef100001 (in abcdef1)' });
    await expect(sweepIdOf(having(one), 'abc')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is the newest, if none is named', async () => {
    expect(await sweepIdOf(having(a, b), undefined)).toBe(a.id);
    await expect(sweepIdOf(having(), undefined)).rejects.toMatchObject({ code: 'not_found', message: 'There is no sweep in here yet; submit one with `elucidate submit sweep.yaml`' });
  });

  it('is not guessed: of several with the name all are listed, and a name that no sweep has is refused', async () => {
    await expect(sweepIdOf(having(a, { id: '0000000000cc', name: a.name }), a.name)).rejects.toMatchObject({
      code: 'request.conflict', message: '2 sweeps are called samplers; say which by its id: 0000000000aa (running, 2026-11-27T10:00), 0000000000cc (running, 2026-11-27T10:00)',
    });
    await expect(sweepIdOf(having(a), 'sampler')).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('There is no sweep "sampler" in here, by its id (12 hex digits, or the first 6 or more) or its name') });
  });
});
