/**
 * `npm run results`: makes the output shown on a page of docs/ again. A page says where, in comments:
 *
 *   <!-- $ elucidate run --local examples/lesson-karras.yaml --profile small -->
 *   <!-- $ elucidate leaderboard lesson-karras -->
 *   what the command printed
 *   <!-- end -->
 *
 * Commands run from top to bottom, in this folder; a comment without an end only runs.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, requireNode, root } from './bootstrap.mjs';

const pages = ['docs/results/lesson.md', 'docs/results/few-steps.md', 'docs/results/averages.md', 'docs/results/guidance.md'];

/** A command, and the lines up to its end, if it has one before the next command. */
const block = /<!-- \$ (elucidate [^\n]+?) -->\n(?:((?:(?!<!-- )[^\n]*\n)*)<!-- end -->)?/g;

/** What the command prints on standard output; ends the process if it fails. */
function outputOf(command) {
  console.error(`$ ${command}`);
  const { status, stdout } = spawnSync(`npx ${command}`, { cwd: root, shell: true, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 28 });
  if (status !== 0) process.exit(status ?? 1);
  return stdout.trimEnd();
}

const refreshed = (text) => text.replace(block, (all, command, shown) => {
  const output = outputOf(command);
  return shown === undefined ? all : `<!-- $ ${command} -->\n${output}\n<!-- end -->`;
});

requireNode();
await ensureInstalled();
await ensureBuilt();
const chosen = process.argv.slice(2);
for (const page of chosen.length > 0 ? chosen : pages) {
  const file = join(root, page);
  writeFileSync(file, refreshed(readFileSync(file, 'utf8')));
}
