import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

interface NodeProcess {
  getBuiltinModule?(name: 'node:crypto'): { hash?(algorithm: 'sha256', text: string): string } | undefined;
}

/** Node's own SHA-256, where this runs in Node: five times as fast on the short texts that a plan is made of. */
const native = (globalThis as { process?: NodeProcess }).process?.getBuiltinModule?.('node:crypto')?.hash;

/** The same in any browser. */
export const portableDigest = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** sha256 of a text's UTF-8, as 64 hex digits. */
export const digest: (text: string) => string = native === undefined ? portableDigest : (text) => native('sha256', text);
