/**
 * A thread of the simd engine: takes shares of the jobs that src/simd/threads.ts puts up, until the process ends.
 * Plain JavaScript, because a worker is started from a file, and the sources and the build of this project are run alike.
 */
import { parentPort, workerData } from 'node:worker_threads';

const { module, memory, board, names, place, thread } = workerData;
const { control, args, text } = board;
const kernels = new globalThis.WebAssembly.Instance(module, { env: { memory } }).exports;
/** Looks at the board so often, some 30 microseconds, before it sleeps: the kernels of a step follow each other closely. */
const looks = 2000;

function tell(message) {
  const { written } = new globalThis.TextEncoder().encodeInto(message, text);
  Atomics.store(control, place.lostLength, written);
  Atomics.compareExchange(control, place.lost, 0, thread);
  Atomics.notify(control, place.left);
}

process.on('exit', () => { if (Atomics.load(control, place.lost) === 0) tell('it ended'); });

function takeShares() {
  for (let share = Atomics.sub(control, place.claim, 1); share > 0; share = Atomics.sub(control, place.claim, 1)) {
    const size = control[place.size];
    const from = (share - 1) * size;
    Atomics.store(control, place.busy + thread, 1);
    kernels[names[control[place.kernel]]](...args.subarray(0, control[place.argCount]), from, Math.min(from + size, control[place.items]), thread);
    Atomics.store(control, place.busy + thread, 0);
    if (Atomics.sub(control, place.left, 1) === 1) Atomics.notify(control, place.left);
  }
}

parentPort.postMessage('ready');
let seen = 0;
for (;;) {
  for (let look = 0; look < looks && Atomics.load(control, place.job) === seen; look++);
  Atomics.wait(control, place.job, seen);
  seen = Atomics.load(control, place.job);
  try {
    takeShares();
  } catch (error) {
    tell(String(error));
    throw error;
  }
}
