/** The health check of the API's container: ends with 0 if the API answers that it is ready, else with what it answers. */
import { parseEnv } from './env.js';

const answerMs = 8000;

async function check(): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${parseEnv(process.env).port}/readyz`, { signal: AbortSignal.timeout(answerMs) });
  if (answer.ok) return 0;
  console.error(await answer.text());
  return 1;
}

check().then((code) => process.exit(code), (error: Error) => {
  console.error(error.cause instanceof Error ? error.cause.message : error.message);
  process.exit(1);
});
