import { rows, type Queryable } from '../queryable.js';

export interface ArtifactRow {
  hash: string;
  sizeBytes: number;
  mediaType: string;
  createdAt: string;
}

/** What the database knows about an artifact, or null. */
export async function getArtifact(db: Queryable, hash: string): Promise<ArtifactRow | null> {
  const [artifact] = await rows<ArtifactRow>(db, `
    select hash, size_bytes::double precision as "sizeBytes", media_type as "mediaType", created_at as "createdAt" from artifacts where hash = $1`, [hash]);
  return artifact ?? null;
}
