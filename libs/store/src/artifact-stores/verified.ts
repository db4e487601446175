import { createHash } from 'node:crypto';
import { ElucidateError } from '@elucidate/experiment/errors';

/** The pieces of an artifact; the last is withheld until all are hashed. If the hash differs, `setAside` moves the bytes and returns where they are now, and 'artifact.corrupt' is thrown. */
export async function* verified(hash: string, pieces: AsyncIterable<Uint8Array>, setAside: () => Promise<string>): AsyncGenerator<Uint8Array, void> {
  const sha256 = createHash('sha256');
  let last: Uint8Array | undefined;
  for await (const piece of pieces) {
    if (last !== undefined) yield last;
    sha256.update(piece);
    last = piece;
  }
  const found = sha256.digest('hex');
  if (found !== hash) {
    throw new ElucidateError('artifact.corrupt', `Artifact ${hash} is corrupt, its bytes have the sha256 ${found}: ${await setAside()}, then retry the sweep or submit it again, which makes it again`, { details: { hash, found } });
  }
  if (last !== undefined) yield last;
}
