import { exitCodes, reportError } from '@elucidate/shell/exit';
import { endAll, isEnding } from './cleanup.js';
import { parseOptions } from './options.js';
import { remarksText, summariesOf, tableOf } from './report.js';
import { scenarios } from './scenario-table.js';
import { runSuite } from './suite.js';

/** `npm run chaos`: `--help` says what it does. */
async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), scenarios);
  if (options.list) {
    for (const { id, title, queues, short } of options.scenarios) console.log(`${id.padEnd(4)}${title} (${queues.join(', ')}${short ? '; short' : ''})`);
    return exitCodes.done;
  }
  const summaries = summariesOf(await runSuite({ ...options, log: (line) => console.error(line) }));
  const remarks = remarksText(summaries);
  if (remarks !== '') console.error(remarks);
  console.log(options.json ? JSON.stringify(summaries) : tableOf(summaries));
  return summaries.every(({ ok }) => ok) ? exitCodes.done : exitCodes.failed;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void endAll().then(() => process.exit(exitCodes.interrupted)));

// interrupted, what still runs fails, and the handler above ends the process
main().then((code) => isEnding() || process.exit(code), (error: unknown) => isEnding() || process.exit(reportError(error)));
