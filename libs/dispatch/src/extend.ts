import { ElucidateError } from '@elucidate/experiment/errors';
import { extendSpec, type Extension } from '@elucidate/experiment/extend-spec';
import { configsCalled } from '@elucidate/store/queries/cells-called';
import { getSpec } from '@elucidate/store/queries/sweep-spec';
import type { Store } from '@elucidate/store/store';
import type { Edited } from './edit.js';
import { sweepChanged } from './sweep-changed.js';

/** Times that an extension is planned again because somebody else edited the sweep meanwhile. */
const tries = 5;

/** What a sweep is to have more of; `cells`, ids or the first 6 digits of them or more, are the configurations that alone get the seeds. */
export interface SweepExtension extends Omit<Extension, 'only'> {
  cells?: readonly string[] | undefined;
}

export interface ExtendOptions {
  sweepId: string;
  extension: SweepExtension;
  /** The version that it was made for; null: whichever the sweep has. What others add meanwhile is then kept too. */
  version: number | null;
}

/**
 * Adds seeds and values to a sweep. `edit` plans a sweep file and makes it the sweep's, if that still has the version.
 * Throws what `edit` does, 'not_found', 'sweep.changed', 'spec.invalid', 'request.invalid'.
 */
export async function extendSweep<E extends Edited>({ db }: Pick<Store, 'db'>, { sweepId, extension, version }: ExtendOptions, edit: (document: object, version: number) => Promise<E>): Promise<E> {
  const { cells, ...more } = extension;
  if (cells !== undefined && more.values !== undefined) throw new ElucidateError('request.invalid', 'Seeds are added for some cells, values for the whole sweep: extend it twice');
  for (let attempt = 1; ; attempt++) {
    const stored = await getSpec(db, sweepId);
    if (stored === null) throw new ElucidateError('not_found', `There is no sweep ${JSON.stringify(sweepId)}`);
    if (version !== null && stored.version !== version) throw sweepChanged(sweepId, { seen: version, current: stored.version });
    try {
      const only = cells && (await configsCalled(db, sweepId, cells));
      return await edit(extendSpec(stored.spec, { ...more, only }), stored.version);
    } catch (error) {
      if (version !== null || attempt >= tries || !(error instanceof ElucidateError) || error.code !== 'sweep.changed') throw error;
    }
  }
}
