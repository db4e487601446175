import { nestLogger } from './nest-logger.js';

test('warnings and errors become lines with their level and context; Nest\'s start-up messages do not', () => {
  const lines: string[] = [];
  const logger = nestLogger((line) => void lines.push(line));
  logger.log('Mapped {/v1/sweeps, GET} route', 'RouterExplorer');
  logger.warn('slow', 'http');
  logger.error('failed', undefined, 'http');
  expect(lines).toEqual(['warning: http: slow', 'error: http: failed']);
});
