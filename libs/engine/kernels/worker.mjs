/**
 * A thread of the simd engine: takes shares of the jobs that src/simd/threads.ts puts up, until the process ends.
 * Plain JavaScript, because a worker is started from a file, and the sources and the build of this project are run alike.
 */
import { parentPort, workerData } from 'node:worker_threads';

const { module, memory, board, names, slot, thread } = workerData;
const { control, args, text } = board;
const kernels = new globalThis.WebAssembly.Instance(module, { env: { memory } }).exports;
/** Looks at the board so often, some 30 microseconds, before it sleeps: the kernels of a step follow each other closely. */
const looks = 2000;

function tell(message) {
  const { written } = new globalThis.TextEncoder().encodeInto(message, text);
  Atomics.store(control, slot.lostLength, written);
  Atomics.compareExchange(control, slot.lost, 0, thread);
  Atomics.notify(control, slot.left);
}

process.on('exit', () => { if (Atomics.load(control, slot.lost) === 0) tell('it ended'); });

function takeShares() {
  for (let share = Atomics.sub(control, slot.claim, 1); share > 0; share = Atomics.sub(control, slot.claim, 1)) {
    const size = control[slot.size];
    const from = (share - 1) * size;
    Atomics.store(control, slot.busy + thread, 1);
    kernels[names[control[slot.kernel]]](...args.subarray(0, control[slot.argCount]), from, Math.min(from + size, control[slot.items]), thread);
    Atomics.store(control, slot.busy + thread, 0);
    if (Atomics.sub(control, slot.left, 1) === 1) Atomics.notify(control, slot.left);
  }
}

parentPort.postMessage('ready');
let seen = 0;
for (;;) {
  for (let look = 0; look < looks && Atomics.load(control, slot.job) === seen; look++);
  Atomics.wait(control, slot.job, seen);
  seen = Atomics.load(control, slot.job);
  try {
    takeShares();
  } catch (error) {
    tell(String(error));
    throw error;
  }
}
