/** One clause on why an optional package is not used: it is not installed, or the error it gave when loaded. */
export function notLoaded(name: string, cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return isMissing(name, cause, message) ? `${name} is not installed` : `${name} does not load (${message.split('\n')[0]})`;
}

/** A package that lacks one of its own dependencies is broken, not missing: the error must be about the package itself. */
function isMissing(name: string, cause: unknown, message: string): boolean {
  const { code } = (cause ?? {}) as { code?: string };
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && message.includes(`'${name}`);
}
