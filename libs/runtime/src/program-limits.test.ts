import { programLimits } from './program-limits.js';

it('allows programs what the environment says, and anything where it says nothing', () => {
  expect(programLimits({})).toEqual({ environment: [] });
  expect(programLimits({ ELUCIDATE_PROGRAM_MEMORY: '1.5', ELUCIDATE_PROGRAM_MINUTES: '90', ELUCIDATE_PROGRAM_ENV: 'HF_TOKEN,WANDB_KEY' }))
    .toEqual({ memoryBytes: 1.5 * 2 ** 30, runMs: 5_400_000, environment: ['HF_TOKEN', 'WANDB_KEY'] });
});

it('gives a run no more minutes than a timer can wait', () => {
  expect(programLimits({ ELUCIDATE_PROGRAM_MINUTES: '35000' }).runMs).toBeLessThan(2 ** 31);
  expect(() => programLimits({ ELUCIDATE_PROGRAM_MINUTES: '36000' })).toThrow(/ELUCIDATE_PROGRAM_MINUTES must be at most 35000 minutes/);
});

it.each([
  ['ELUCIDATE_PROGRAM_MEMORY', '0', /above 0/],
  ['ELUCIDATE_PROGRAM_MEMORY', '2 GiB', /a number of gibibytes/],
  ['ELUCIDATE_PROGRAM_MINUTES', '-1', /a number of minutes/],
  ['ELUCIDATE_PROGRAM_ENV', 'A, B', /names of variables/],
])('refuses %s=%s', (name, value, message) => {
  expect(() => programLimits({ [name]: value })).toThrow(message);
});
