import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

interface NodeProcess {
  getBuiltinModule?(name: 'node:crypto'): { hash?(algorithm: 'sha256', text: string): string } | undefined;
}

/** Node's own SHA-256 when running in Node: five times as fast on the short texts of a plan. */
const native = (globalThis as { process?: NodeProcess }).process?.getBuiltinModule?.('node:crypto')?.hash;

/** The same, for browsers. */
export const portableDigest = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** sha256 of a text's UTF-8, as 64 hex digits. */
export const digest: (text: string) => string = native === undefined ? portableDigest : (text) => native('sha256', text);
