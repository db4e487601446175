import { atEnd, endAll, isEnding } from './cleanup.js';

test('a premature end runs what is still open, the latest first and each once, and says that it has begun', async () => {
  const ran: string[] = [];
  const closeEarly = atEnd(async () => void ran.push('early'));
  atEnd(async () => void ran.push('servers'));
  atEnd(async () => {
    ran.push(`fleet, ending: ${isEnding()}`);
    throw new Error('what fails does not hold up the rest');
  });
  await closeEarly();
  expect(isEnding()).toBe(false);
  const complaint = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  await endAll();
  expect(ran).toEqual(['early', 'fleet, ending: true', 'servers']);
  expect(complaint).toHaveBeenCalledTimes(1);
});
