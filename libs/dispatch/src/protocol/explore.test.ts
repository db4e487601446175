import { explore, type Explored } from './explore.js';
import { main } from './main.js';
import { settingsOf } from './settings.js';
import { rules, type Rule } from './state.js';

/** The smallest world, with one sweep or with both, with the follower or without. */
function explored(faults: number, { sweeps, stages = 2, without }: { sweeps: 1 | 2; stages?: 1 | 2; without?: Rule }): Explored {
  const [{ setting }] = settingsOf(faults, without) as [ReturnType<typeof settingsOf>[number]];
  return explore({ ...setting, inputs: setting.inputs.slice(0, stages), sweeps: setting.sweeps.slice(0, sweeps).map((plan) => plan.filter((stage) => stage < stages)) });
}

test.each(settingsOf(0))('$name: every history without a fault keeps every property', ({ setting }) => {
  expect(explore(setting)).toMatchObject({ counterexample: null });
});

test.each([[1, 2], [2, 1]] as const)('every history with up to %i faults in %i sweeps keeps every property', (faults, sweeps) => {
  expect(explored(faults, { sweeps })).toMatchObject({ counterexample: null });
});

/** The fewest faults that show what a rule is for, in how many sweeps, the length of the shortest history that does, and whether one stage is enough: where progress is at stake, all states are visited. */
const needed: Record<Rule, [faults: number, sweeps: 1 | 2, steps: number, stages?: 1]> = {
  'no-token-check': [1, 2, 8],
  'token-stays': [1, 2, 5],
  'lost-answer-stale': [1, 2, 5],
  'expiry-not-rechecked': [2, 1, 7],
  'heartbeat-revives': [1, 2, 6],
  'claim-ignores-inputs': [1, 2, 8],
  'claim-ignores-version': [0, 2, 6],
  'follower-not-readied': [0, 2, 7],
  'followers-stay-ready': [1, 2, 9],
  'followers-not-failed': [1, 2, 6],
  'lost-without-token': [2, 1, 11],
  'no-mark': [0, 2, 5],
  'sweep-ends-early': [1, 2, 11],
  'sweep-ends-unsettled': [1, 2, 6],
  'cancel-takes-shared': [2, 2, 4],
  'release-without-mark': [2, 1, 11],
  'environment-counts': [1, 2, 4],
  'queue-not-refilled': [0, 2, 6],
  'times-stay': [1, 2, 7],
  'lock-without-timeout': [1, 2, 2, 1],
  'pause-ignored': [1, 1, 4],
  'pause-takes-shared': [1, 2, 3, 1],
  'stop-ignored': [1, 1, 4],
  'stop-ends-running': [1, 1, 6],
  'stop-leaves-rest': [1, 1, 5],
  'sleep-counts': [2, 1, 6],
  'waking-expires': [1, 1, 5],
  'expires-unseen': [2, 1, 6],
  'choice-trusted': [1, 2, 7],
  'choice-holds': [1, 2, 5, 1],
  'choice-waits': [1, 2, 4, 1],
  'cut-off-forgotten': [1, 2, 2, 1],
};

test.each(Object.entries(needed))('without the rule %s a property is violated', (rule, [faults, sweeps, steps, stages]) => {
  expect(explored(faults, { sweeps, without: rule as Rule, ...(stages && { stages }) }).counterexample?.steps).toHaveLength(steps);
});

describe('npm run check:protocol', () => {
  function called(...args: string[]): { code: number; lines: string[] } {
    const lines: string[] = [];
    return { code: main(args, (line) => lines.push(line)), lines };
  }

  test('prints the shortest history that violates a property', () => {
    const { code, lines } = called('--mutate', 'no-mark', '--faults', '0');
    expect(code).toBe(1);
    expect(lines.join('\n')).toMatch(/VIOLATED: once settled, .*\n +1 {2}sweep \d .* is submitted\n(.*\n)*.*completes$/);
  });

  test('ends with one line of JSON', () => {
    const { code, lines } = called('--json', '--faults', '0', '--world', 'input and follower');
    expect([code, lines.length]).toEqual([0, 1]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ ok: true, mutation: null, results: [{ world: 'input and follower', faults: 0, counterexample: null }] });
  });

  test('lists every mutation, and refuses others', () => {
    expect(called('--list-mutations').lines.join().match(/[a-z-]+(?= {2,})/g)).toEqual(Object.keys(rules));
    expect(called('--mutate', 'nothing').code).toBe(2);
    expect(called('--nothing').code).toBe(2);
    expect(called('--help').code).toBe(0);
  });
});
