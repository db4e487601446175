import { startOwnedForeground } from '../children.js';
import { homeOf } from '@elucidate/shell/home';
import { openDatabase } from '../stack.js';

/** Runs an app in the foreground until it is stopped, on DATABASE_URL or on this folder's own database. */
async function onDatabase(specifier: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<void> {
  const home = homeOf();
  const database = await openDatabase(home, (line) => void process.stderr.write(`${line}\n`));
  try {
    process.exitCode = await startOwnedForeground(specifier, { args, env: { ...process.env, DATABASE_URL: database.url, DATABASE_URL_FILE: '', ELUCIDATE_HOME: home.dir, ...more } });
  } finally {
    await database.stop();
  }
}

/** Runs a worker with these arguments. */
export const worker = (args: readonly string[]): Promise<void> => onDatabase('@elucidate/worker/main', args);

export interface ApiOptions {
  open?: boolean;
  programs?: boolean;
  host?: string;
  port?: number;
}

/** Serves the HTTP API. */
export const api = ({ open = false, programs = false, host, port }: ApiOptions): Promise<void> =>
  onDatabase('@elucidate/api/main', [], { ...(open && { ELUCIDATE_OPEN: '1' }), ...(programs && { ELUCIDATE_PROGRAMS: '1' }), ...(host !== undefined && { HOST: host }), ...(port !== undefined && { PORT: String(port) }) });
