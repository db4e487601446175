import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ArtifactStore } from '../artifacts.js';
import { openFolder } from './folder.js';

/** Every store, by the scheme of its address. To add one, add a file next to this one and a row here. */
const stores: Readonly<Record<string, (address: URL) => Promise<ArtifactStore>>> = {
  'file:': (address) => openFolder(fileURLToPath(address)),
};

/** Opens the store at an address: a folder, or a URL. Throws 'request.invalid' for an unknown scheme. */
export async function openArtifacts(address: string): Promise<ArtifactStore> {
  // a single letter is a Windows drive
  const scheme = /^[a-z][a-z0-9+.-]+:/i.exec(address)?.[0].toLowerCase();
  if (scheme === undefined) return openFolder(resolve(address));
  const open = stores[scheme];
  if (open === undefined || !URL.canParse(address)) throw new ElucidateError('request.invalid', `No artifact store is at ${address}; give a folder, or a URL that begins with ${Object.keys(stores).join(' or ')}//`);
  return open(new URL(address));
}
