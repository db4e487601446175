import { ElucidateError } from '@elucidate/experiment/errors';
import { extendSpec, type Extension } from '@elucidate/experiment/extend-spec';
import { getSpec } from '@elucidate/store/queries/sweep-spec';
import type { Store } from '@elucidate/store/store';
import type { Edited } from './edit.js';
import { sweepChanged } from './sweep-changed.js';

/** Times that an extension is planned again because somebody else edited the sweep meanwhile. */
const tries = 5;

export interface ExtendOptions {
  sweepId: string;
  extension: Extension;
  /** The version that it was made for; null: whichever the sweep has. What others add meanwhile is then kept too. */
  version: number | null;
}

/**
 * Adds seeds and values to a sweep. `edit` plans a sweep file and makes it the sweep's, if that still has the version.
 * Throws what `edit` does, 'not_found', 'sweep.changed', 'spec.invalid'.
 */
export async function extendSweep<E extends Edited>({ db }: Pick<Store, 'db'>, { sweepId, extension, version }: ExtendOptions, edit: (document: object, version: number) => Promise<E>): Promise<E> {
  for (let attempt = 1; ; attempt++) {
    const stored = await getSpec(db, sweepId);
    if (stored === null) throw new ElucidateError('not_found', `There is no sweep ${JSON.stringify(sweepId)}`);
    if (version !== null && stored.version !== version) throw sweepChanged(sweepId, { seen: version, current: stored.version });
    try {
      return await edit(extendSpec(stored.spec, extension), stored.version);
    } catch (error) {
      if (version !== null || attempt >= tries || !(error instanceof ElucidateError) || error.code !== 'sweep.changed') throw error;
    }
  }
}
