import { memoised } from './memoised.js';

describe('memoised', () => {
  it('calls the function once for each record, whatever it returns', () => {
    const computed: object[] = [];
    const [one, other] = [{ a: 1 }, { a: 1 }];
    const first = memoised((record: { a: number }) => {
      computed.push(record);
      return undefined;
    });
    expect([first(one), first(other), first(one)]).toEqual([undefined, undefined, undefined]);
    expect(computed).toEqual([one, other]);
  });

  it('calls the function again after an error', () => {
    let tries = 0;
    const second = memoised<object, number>(() => {
      tries += 1;
      if (tries === 1) throw new Error('not yet');
      return tries;
    });
    const record = {};
    expect(() => second(record)).toThrow('not yet');
    expect(second(record)).toBe(2);
  });
});
