import { ElucidateError } from '@elucidate/experiment/errors';
import { SetAside } from './set-aside.js';

const [program, other] = ['a'.repeat(64), 'b'.repeat(64)];
const lacking = new ElucidateError('program.needs_missing', "No module named 'torch'");

test('what a program lacks is remembered while the worker takes the kind again, and forgotten once a stage of the program is done', async () => {
  const lines: string[] = [];
  const aside = new SetAside({ kinds: ['train', 'sample'], check: () => Promise.resolve(), changed: () => undefined, log: (line) => lines.push(line), retryMs: 1 });
  const remembered = { kinds: [], code: lacking.code, message: lacking.message, since: expect.any(String) as string, program };
  expect(aside.add(lacking, { kind: 'train', need: { name: 'program', value: program } })).toBe(1);
  expect([aside.taken, aside.problems]).toEqual([['sample'], [{ ...remembered, kinds: ['train'], until: expect.any(String) as string }]]);
  while (aside.taken.length < 2) await aside.look();
  expect([aside.problems, lines.at(-1)]).toEqual([[remembered], 'takes train again']);
  // met again, and nobody else has it: the wait grows, all kinds are taken
  expect(aside.add(lacking, { kind: 'train', need: { name: 'program', value: program }, keepTaking: true })).toBe(2);
  expect([aside.taken, lines.at(-1)]).toEqual([['train', 'sample'], `lacks what a program needs: ${lacking.message}`]);
  aside.proved(other);
  expect(aside.problems).toHaveLength(1);
  aside.proved(program);
  expect(aside.problems).toEqual([]);
});

test.each([
  ['still wrong', new ElucidateError('disk.full', 'No space left')],
  ['that nobody can tell of', new ElucidateError('database.unreachable', 'No answer')],
])('a look at what is %s, begun before a release, does not undo it', async (_, found) => {
  let answer: (error: ElucidateError) => void = () => undefined;
  const check = (): Promise<void> => new Promise((_resolve, reject) => (answer = reject));
  const aside = new SetAside({ kinds: ['train', 'sample'], check, changed: () => undefined, log: () => undefined, retryMs: 0 });
  aside.add(new ElucidateError('disk.full', 'No space left'));
  const looking = aside.look();
  aside.release(['train', 'sample']);
  answer(found);
  await looking;
  expect([aside.taken, aside.problems]).toEqual([['train', 'sample'], []]);
});
