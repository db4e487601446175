import { ElucidateError, type ErrorCode } from './errors.js';

/** What an error of the operating system means here, by its name. The rest of the hundred do not occur with files and processes. */
const codes: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'disk.full', EDQUOT: 'disk.full',
  EACCES: 'folder.unusable', EPERM: 'folder.unusable', EROFS: 'folder.unusable', ENOENT: 'folder.unusable', ENOTDIR: 'folder.unusable',
  EISDIR: 'folder.unusable', ELOOP: 'folder.unusable', EIO: 'folder.unusable', ESTALE: 'folder.unusable', ENODEV: 'folder.unusable',
  ENXIO: 'folder.unusable', ENOTCONN: 'folder.unusable', ENAMETOOLONG: 'folder.unusable', ENOTEMPTY: 'folder.unusable', EEXIST: 'folder.unusable',
  EMFILE: 'process.unstartable', ENFILE: 'process.unstartable', EAGAIN: 'process.unstartable', ENOMEM: 'process.unstartable', E2BIG: 'process.unstartable', ENOEXEC: 'process.unstartable',
};

const remedies: Partial<Record<ErrorCode, string>> = {
  'disk.full': 'free some space, or move ELUCIDATE_HOME',
  'folder.unusable': 'check that the folder exists and that this user may write to it',
  'process.unstartable': 'this machine has run out of processes, open files or memory, or its Node cannot be started',
};

interface SystemError {
  code?: string;
  syscall?: string;
  message?: string;
  cause?: unknown;
}

/** An error of the operating system, or one caused by it, as one of ours: a full disk, an unusable folder, a process that cannot be started. Undefined for any other. */
export function systemError(error: unknown): ElucidateError | undefined {
  if (typeof error !== 'object' || error === null || error instanceof ElucidateError) return undefined;
  const { code: name = '', syscall = '', message = '', cause } = error as SystemError;
  const code = syscall.startsWith('spawn') ? 'process.unstartable' : codes[name];
  const found = code ?? systemError(cause)?.code;
  return found && new ElucidateError(found, `${message}; ${remedies[found]}`, { cause: error });
}
