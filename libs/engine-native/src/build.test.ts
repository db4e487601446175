import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../tools/build.mjs', import.meta.url));

function build(environment: Record<string, string>, ...args: string[]): { status: number | null; lines: string[] } {
  const { status, stdout } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', env: { ...process.env, ...environment } });
  return { status, lines: stdout.trim().split('\n') };
}

const advice = 'Get what it takes with `apt install g++ make python3 libdnnl-dev`, then run npm run build:native.';

describe('npm run build:native without its requirements', () => {
  it('says in one line that there is no compiler, and does not fail', () => {
    expect(build({ CXX: '/nowhere/c++' })).toEqual({ status: 0, lines: [`The engine native is not built: no C++ compiler (/nowhere/c++). ${advice}`] });
  });

  it('fails if the build is required', () => {
    expect(build({ CXX: '/nowhere/c++' }, '--require')).toMatchObject({ status: 1, lines: [expect.stringContaining('no C++ compiler')] });
  });
});
