import { visibleOwner } from '../access.js';
import type { Principal } from '../principal.js';
import { rows, type Queryable } from '../queryable.js';

export interface ArtifactRow {
  hash: string;
  sizeBytes: number;
  mediaType: string;
  createdAt: string;
}

/** What the database knows about an artifact; null if there is none that the principal sees: an output, or an attempt's log, of a stage in one of its sweeps. */
export async function getArtifact(db: Queryable, hash: string, principal: Principal): Promise<ArtifactRow | null> {
  const [artifact] = await rows<ArtifactRow>(db, `
    select hash, size_bytes::double precision as "sizeBytes", media_type as "mediaType", created_at as "createdAt" from artifacts
    where hash = $1 and ($2::text is null or exists (
      select from (select stage_id from stage_outputs where hash = $1 union all select stage_id from attempts where log_hash = $1) source
      join sweep_stages ss on ss.stage_id = source.stage_id join sweeps w on w.id = ss.sweep_id where w.owner = $2))`, [hash, visibleOwner(principal)]);
  return artifact ?? null;
}
