import { plural } from '@elucidate/experiment/plural';
import { jsonOf } from '@elucidate/experiment/printable';
import { homeOf } from '@elucidate/shell/home';
import { sizeText } from '@elucidate/shell/size';
import { prune, type Pruned } from '@elucidate/store/prune/prune';
import { apiClient } from '../api-client.js';
import { openLocalStore } from '../local-store.js';
import { namedApi } from '../open-answers.js';

export interface PruneCommandOptions {
  /** Let this API prune; default: ELUCIDATE_API, else prune here. */
  api?: string;
  /** Remove; without it, only say what would go. */
  yes?: boolean;
  /** In ms. */
  olderThan: number;
  json?: boolean;
}

/** Removes, or lists, what no result refers to. */
export async function pruneStore({ yes = false, json = false, ...options }: PruneCommandOptions): Promise<void> {
  const found = await pruned({ yes, ...options });
  console.log(json ? jsonOf({ removed: yes, ...found }) : describe(found, yes));
}

async function pruned({ yes, olderThan, ...source }: Pick<PruneCommandOptions, 'api' | 'olderThan'> & { yes: boolean }): Promise<Pruned> {
  const api = namedApi(source);
  if (api !== undefined) return apiClient(api).post<Pruned>(`/v1/prune?olderThan=${(olderThan / minute).toFixed(3)}m&remove=${yes ? 'true' : 'false'}`);
  const home = homeOf();
  const { store, close } = await openLocalStore(home);
  return prune(store, { home: home.dir, olderThanMs: olderThan, remove: yes }).finally(close);
}

const minute = 60_000;

const describe = ({ stages, events, logs, states, artifacts, checkpoints, programs }: Pruned, removed: boolean): string => [
  `${plural(stages, 'stage')} that no sweep has`, plural(events, 'event'), `${plural(logs, 'log')} of attempts`,
  `${plural(states, 'state')} of training runs that no longer one goes on from`,
  `${plural(artifacts.count, 'artifact')} that nothing refers to and that are older than an hour, ${sizeText(artifacts.bytes)}`,
  `${plural(checkpoints.count, 'checkpoint')}, ${sizeText(checkpoints.bytes)}`,
  `${plural(programs.count, 'unpacked program')} that no sweep names, ${sizeText(programs.bytes)}`,
  stages + events + logs + states + artifacts.count + checkpoints.count + programs.count === 0 ? 'There is nothing to remove.' : removed ? 'Removed.' : 'Nothing was removed; --yes removes these.',
].join('\n');
