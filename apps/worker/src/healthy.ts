/** The health check of a worker's container: ends with 0 if its worker takes stages and has reported itself to the database lately. */
import { hostname } from 'node:os';
import { installationSchema, parseEnvironment } from '@elucidate/shell/environment';
import { exitCodes, reportError } from '@elucidate/shell/exit';
import { workerSeen } from '@elucidate/store/worker-seen';

async function check(): Promise<number> {
  const { databaseUrl } = parseEnvironment(installationSchema, process.env);
  if (await workerSeen(databaseUrl, hostname())) return exitCodes.done;
  console.error(`No worker of ${hostname()} that takes stages has reported itself lately`);
  return exitCodes.failed;
}

check().catch((error: unknown) => {
  reportError(error);
  // Docker's only other code; 2 is reserved
  return exitCodes.failed;
}).then((code) => process.exit(code), () => process.exit(exitCodes.failed));
