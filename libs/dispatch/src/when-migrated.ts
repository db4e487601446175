import { ElucidateError } from '@elucidate/experiment/errors';
import { openPatiently, type Waiting } from './open-patiently.js';

const patienceMs = 600_000;

/** A schema that is older than this code's, or none: the API of this version, which starts beside a worker or is about to, brings it up to date. A newer one is another matter. */
const isToBeMigrated = (error: unknown): boolean => error instanceof ElucidateError && error.code === 'database.outdated' && error.details?.['missing'] !== undefined;

/** Opens a store that others migrate; tries again for ten minutes, and says so once, while its schema lacks migrations. Throws what `open` throws at last. */
export const whenMigrated = <T>(open: () => Promise<T>, waiting: Pick<Waiting, 'log'> & Partial<Waiting>): Promise<T> => openPatiently(open, isToBeMigrated, { patienceMs, everyMs: 1000, ...waiting });
