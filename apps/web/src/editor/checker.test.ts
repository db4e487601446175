import { checkerOf, type Checked } from './checker.js';
import type { CheckAnswer, Question } from './inspect.worker.js';

/** A worker that answers, or fails, when the test says. */
class Reader extends EventTarget {
  readonly texts: string[] = [];
  postMessage({ text }: Question): void {
    this.texts.push(text);
  }
  answer(data: CheckAnswer): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
}

const wrong = { message: 'no sweep', problems: [] };

test('while a text is read only the newest of the others waits, and each answer is of the text that was read', () => {
  const [reader, answers] = [new Reader(), [] as Checked[]];
  const checker = checkerOf(reader as unknown as Worker, (checked) => answers.push(checked));
  for (const text of ['a', 'ab', 'abc']) checker.read(text);
  expect(reader.texts).toEqual(['a']);
  reader.answer(wrong);
  reader.answer(null);
  expect([reader.texts, answers]).toEqual([['a', 'abc'], [{ text: 'a', wrong }, { text: 'abc', wrong: null }]]);
});

test('after a worker has failed every text is left to the API, the one it was reading, one that waits and later ones', () => {
  const [reader, answers] = [new Reader(), [] as Checked[]];
  const checker = checkerOf(reader as unknown as Worker, (checked) => answers.push(checked));
  for (const text of ['a', 'ab']) checker.read(text);
  reader.dispatchEvent(new Event('error'));
  checker.read('abc');
  expect([reader.texts, answers]).toEqual([['a'], ['a', 'ab', 'abc'].map((text) => ({ text, wrong: null }))]);
});
