import type { LoggerService } from '@nestjs/common';
import type { Log } from '@elucidate/shell/log';

/** Writes Nest's warnings and errors to our log. Nest's own startup messages are dropped. */
export function nestLogger(log: Log): LoggerService {
  const write = (level: string) => (message: unknown, ...more: unknown[]): void => {
    const context = more.findLast((part) => typeof part === 'string');
    log(`${level}: ${context === undefined ? '' : `${context}: `}${message instanceof Error ? (message.stack ?? message.message) : String(message)}`);
  };
  return { log: () => undefined, warn: write('warning'), error: write('error'), fatal: write('error') };
}
