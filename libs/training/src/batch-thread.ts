import { parentPort } from 'node:worker_threads';
import { batchNumbers, type NumbersRequest } from './batch-numbers.js';

/** The thread of batch-source.ts: makes the numbers of steps, one after the other. */
parentPort!.on('message', (request: NumbersRequest) => {
  const numbers = batchNumbers(request);
  const arrays = [numbers.x0, numbers.eps, ...(numbers.augmentation ? [numbers.augmentation] : []), ...Object.values(numbers.masks)];
  parentPort!.postMessage(numbers, arrays.map(({ buffer }) => buffer as ArrayBuffer));
});
