import { deleteSweep } from '@elucidate/dispatch/delete';
import { gibibytes } from '@elucidate/runtime/memory';
import { homeOf } from '@elucidate/shell/home';
import { prune, type Pruned } from '@elucidate/store/prune/prune';
import { openLocalStore } from '../local-store.js';

export interface PruneCommandOptions {
  /** Remove; without it, only say what would go. */
  yes?: boolean;
  /** In ms. */
  olderThan: number;
  json?: boolean;
}

/** Removes, or lists, what no result refers to. */
export async function pruneStore({ yes = false, olderThan, json = false }: PruneCommandOptions): Promise<void> {
  const home = homeOf();
  const { store, close } = await openLocalStore(home);
  try {
    const found = await prune(store, { home: home.dir, olderThanMs: olderThan, remove: yes });
    console.log(json ? JSON.stringify({ removed: yes, ...found }, null, 2) : describe(found, yes));
  } finally {
    await close();
  }
}

const describe = ({ events, logs, artifacts, checkpoints }: Pruned, removed: boolean): string => [
  `${events} events`, `${logs} logs of attempts`,
  `${artifacts.count} artifacts that nothing refers to, ${gibibytes(artifacts.bytes)}`,
  `${checkpoints.count} checkpoints, ${gibibytes(checkpoints.bytes)}`,
  removed ? 'Removed.' : 'Nothing was removed; --yes removes these.',
].join('\n');

/** Deletes a sweep that has ended, and the stages that no other sweep has. */
export async function deleteStored(sweepId: string, { json = false }: { json?: boolean }): Promise<void> {
  const { store, close } = await openLocalStore(homeOf());
  try {
    const { stages } = await deleteSweep(store, sweepId);
    console.log(json ? JSON.stringify({ id: sweepId, stages }) : `Sweep ${sweepId} is deleted, with ${stages} stages that no other sweep has; \`elucidate prune\` frees what their files take.`);
  } finally {
    await close();
  }
}
