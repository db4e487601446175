import { stopSignal, stopSignals, type StopSignal } from './stop-signal.js';

let now = 0;
let exits: number[];
let asked: StopSignal;
beforeEach(() => {
  [now, exits] = [1000, []];
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  jest.spyOn(process, 'exit').mockImplementation(((code: number) => void exits.push(code)) as never);
  asked = stopSignal({ reason: new Error('asked to stop'), exitCode: 130 });
});
afterEach(() => {
  asked.dispose();
  jest.restoreAllMocks();
});

/** A signal that arrives so long after the first. */
function arrives(signal: NodeJS.Signals, afterMs: number): void {
  now = 1000 + afterMs;
  process.emit(signal, signal);
}

test.each(stopSignals)('%s asks to stop, with the reason', (signal) => {
  expect(asked.signal.aborted).toBe(false);
  arrives(signal, 0);
  expect(asked.signal.reason).toEqual(new Error('asked to stop'));
});

test('any number of signals of any kind within two seconds are one request; a later one exits at once', () => {
  for (const [index, signal] of [...stopSignals, ...stopSignals].entries()) arrives(signal, 400 * index);
  expect(exits).toEqual([]);
  arrives('SIGINT', 2001);
  expect(exits).toEqual([130]);
});

test('a request that is no signal leaves the first signal to be one', () => {
  asked.stop();
  arrives('SIGTERM', 5000);
  expect([asked.signal.aborted, exits]).toEqual([true, []]);
});

test('once disposed of, it hears no signal', () => {
  const before = stopSignals.map((name) => process.listenerCount(name));
  asked.dispose();
  expect(stopSignals.map((name) => process.listenerCount(name))).toEqual(before.map((n) => n - 1));
});
