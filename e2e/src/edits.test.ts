import { createTestDatabase, type TestDatabase } from '@elucidate/embedded/test-database';
import { migrate } from '@elucidate/store/migrate';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from './app-process.js';
import { elucidateIn, type CommandResult } from './elucidate-command.js';

let database: TestDatabase;
let home: string;
beforeAll(async () => {
  database = await createTestDatabase(migrate);
  home = await mkdtemp(join(tmpdir(), 'elucidate-edits-'));
});
afterAll(async () => {
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

/** Exact denoisers of Gaussian pixels: nothing is trained. */
const specWith = (steps: readonly number[]) => JSON.stringify({
  name: 'edited', dataset: { name: 'gaussian', mean: 0.3, std: 0.5, resolution: 8 }, parameters: { network: { value: 'exact' }, sampler: { value: { kind: 'ddim' } }, steps: { values: steps } },
  seeds: { sample: [1] }, evaluate: { samples: 32 },
});

interface Edit {
  version: number;
  sweep: { id: string; state: string; trials: number; reusedStages: number };
}

test('a sweep is applied, edited and extended from the command line, through an API and without one; what was done is not done again', async () => {
  const env = { DATABASE_URL: database.url };
  const elucidate = elucidateIn(home);
  const json = <T>({ code, out, err }: CommandResult): T => {
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return JSON.parse(out) as T;
  };
  const spec = join(home, 'sweep.yaml');
  const api = await startApp<{ type: 'listening'; url: string }>('api', { env: { ...process.env, ...env, ELUCIDATE_HOME: home, PORT: '0', REDIS_URL: '' } });
  try {
    const remote = { ELUCIDATE_API: api.ready.url };
    await writeFile(spec, specWith([2, 3]));
    const { submitted } = json<{ submitted: Edit['sweep'] }>(await elucidate(['apply', spec, '--json'], remote));
    const { id } = submitted;
    /** Until the sweep has ended: on a busy machine a worker may be idle for a second before it hears of a stage. */
    const work = async () => {
      do expect((await elucidate(['worker', '--slots', '1', '--exit-when-idle', '1'], env)).code).toBe(0);
      while (((await (await fetch(`${api.ready.url}/v1/sweeps/${id}`)).json()) as Edit['sweep']).state === 'running');
    };
    await work();
    expect((await elucidate(['apply', spec], remote)).out).toContain('It is so already');

    await writeFile(spec, specWith([3, 4]));
    const foreseen = await elucidate(['apply', spec, '--dry-run'], remote);
    expect([foreseen.code, foreseen.out]).toEqual([0, expect.stringMatching(/parameters\.steps: - 2 \+ 4\n.*cells +1 added, 1 dropped, 1 kept\n(.*\n)*Nothing was changed/)]);
    expect(json<Edit>(await elucidate(['apply', spec, '--json'], remote))).toMatchObject({ version: 2, sweep: { id, state: 'running' } });
    const extended = json<Edit>(await elucidate(['extend', id, '--sample-seeds', '2', '--set', 'steps=2', '--local', '--json'], env));
    // the cell that was dropped is done already
    expect(extended).toMatchObject({ version: 3, sweep: { state: 'running', trials: 6 } });
    await work();
    expect(json<Edit['sweep']>(await elucidate(['status', id, '--json'], remote))).toMatchObject({ state: 'done', trials: 6 });
    const { out } = await elucidate(['leaderboard', id, '--format', 'csv'], remote);
    expect(out.trim().split('\n')).toHaveLength(1 + 3);

    await writeFile(spec, specWith([2]).replace('"edited"', '"a \\u009b31m \\u202e"'));
    const { out: shown } = await elucidate(['apply', spec, '--json'], remote);
    expect(JSON.parse(shown)).toMatchObject({ submitted: { name: 'a \u009b31m \u202e' } });
    expect(shown).not.toMatch(/[\u009b\u202e]/);
    await writeFile(spec, specWith([3, 4]));

    await elucidate(['submit', spec], remote);
    const ambiguous = await elucidate(['apply', spec], remote);
    expect([ambiguous.code, ambiguous.err]).toEqual([2, expect.stringContaining('2 sweeps are called edited; say which with --sweep')]);
    expect((await elucidate(['apply', spec, '--sweep', id, '--dry-run', '--local'], env)).out).toContain('1 dropped');
    expect((await elucidate(['apply', spec, '--sweep', 'another'], remote)).code).toBe(2);
  } finally {
    await api.end('SIGTERM');
  }
});
