import type { LoggerService } from '@nestjs/common';
import type { Log } from '@elucidate/shell/log';

/** Nest's warnings and errors as lines of our log. What Nest reports of its own start is left out. */
export function nestLogger(log: Log): LoggerService {
  const write = (level: string) => (message: unknown, ...more: unknown[]): void => {
    const context = more.findLast((part) => typeof part === 'string');
    log(`${level}: ${context === undefined ? '' : `${context}: `}${message instanceof Error ? (message.stack ?? message.message) : String(message)}`);
  };
  return { log: () => undefined, warn: write('warning'), error: write('error'), fatal: write('error') };
}
