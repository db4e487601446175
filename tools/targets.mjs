/** Runs nx targets on all projects and sums up Jest's results. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root, run } from './bootstrap.mjs';

const resultsOf = (project) => join(root, project, 'jest-results.json');

/** Project folders: the workspaces of package.json. */
function projects() {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return workspaces.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [pattern];
    const parent = pattern.slice(0, -2);
    return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`).filter((path) => existsSync(join(root, path, 'package.json')));
  });
}

/** { passed, failed, skipped } of one project; a suite that could not start counts as one failure. */
function count(project) {
  const file = resultsOf(project);
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const r = JSON.parse(readFileSync(file, 'utf8'));
  return { passed: r.numPassedTests, failed: r.numFailedTests + r.numRuntimeErrorTestSuites, skipped: r.numPendingTests + r.numTodoTests };
}

/** One task more than there are cores, since many tests wait most of the time. Resolves to nx's exit code, after printing the sum if tests were among the targets. */
export async function runTargets(targets, extra) {
  for (const project of projects()) rmSync(resultsOf(project), { force: true });
  const nx = join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  const args = [nx, 'run-many', '-t', ...targets, `--parallel=${availableParallelism() + 1}`, '--outputStyle=static', ...extra];
  const code = await run(process.execPath, args, { env: { ...process.env, NX_DAEMON: 'false', FORCE_COLOR: process.env.FORCE_COLOR ?? '0' } });
  const narrowed = extra.some((arg) => arg.startsWith('--projects') || arg === '-p');
  if (!targets.includes('test') || narrowed) return code;
  const sum = projects().map(count).reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }));
  console.log(`\n${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
  return code !== 0 || sum.failed > 0 ? code || 1 : 0;
}
