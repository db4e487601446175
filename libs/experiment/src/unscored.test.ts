import { unscoredText } from './unscored.js';

test.each([
  [{ configurations: 1, diverged: 1, lacking: 0 }, ': its only configuration diverged;'],
  [{ configurations: 1, diverged: 0, lacking: 1 }, ': its only configuration lacks trials that failed;'],
  [{ configurations: 8, diverged: 8, lacking: 0 }, ': all 8 configurations diverged;'],
  [{ configurations: 8, diverged: 0, lacking: 8 }, ': all 8 configurations lack trials that failed;'],
  [{ configurations: 8, diverged: 2, lacking: 1 }, ': of its 8 configurations 2 diverged and 1 lacks trials that failed;'],
  [{ configurations: 8, diverged: 0, lacking: 0 }, ', and it has ended;'],
])('what became of %j is said in words', (counts, said) => {
  expect(unscoredText({ sweepId: '1a', state: 'failed', ...counts })).toContain(said);
});
