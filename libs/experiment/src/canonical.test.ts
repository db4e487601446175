import fc from 'fast-check';
import { canonical, contentId, recordWriter, remembered, stageId } from './canonical.js';

const json = fc.jsonValue({ maxDepth: 4 });

const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, member]) => [key, reversed(member)]));
};

describe('canonical', () => {
  it('is idempotent: parsing its text and writing it again gives the same text', () => {
    fc.assert(fc.property(json, (value) => {
      const text = canonical(value);
      expect(canonical(JSON.parse(text))).toBe(text);
    }));
  });

  it('does not depend on the order of keys', () => {
    fc.assert(fc.property(json, (value) => expect(canonical(reversed(value))).toBe(canonical(value))));
  });

  it('writes the numbers and keys of RFC 8785, section 3.2.2', () => {
    // the RFC's own example, read from its text so that the numbers keep their spelling
    const value: unknown = JSON.parse(String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`);
    expect(canonical(value)).toBe('{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}');
  });

  it('writes -0 as 0 and drops undefined members', () => {
    expect(canonical({ b: -0, a: undefined })).toBe('{"b":0}');
  });

  it.each([[NaN], [Infinity], [undefined], [[undefined]], [1n], [() => 0]])('refuses %p, which JSON would lose', (value) => {
    expect(() => canonical(value)).toThrow(/has no canonical text/);
  });
});

describe('recordWriter', () => {
  it('writes what canonical writes, whichever members are fixed, varying or absent', () => {
    const records = fc.tuple(fc.dictionary(fc.string(), json), fc.dictionary(fc.string(), fc.option(json, { nil: undefined })));
    fc.assert(fc.property(records, fc.array(json, { minLength: 1 }), ([fixed, first], others) => {
      const varying = Object.keys(first);
      const write = recordWriter({ fixed, varying }, remembered());
      for (const record of [{ ...fixed, ...first }, ...others.map((value) => ({ ...fixed, ...Object.fromEntries(varying.map((key) => [key, value])) }))]) expect(write(record)).toBe(canonical(record));
    }));
  });
});

describe('contentId', () => {
  it('is the sha256 of the canonical text', () => {
    // printf '{"a":1,"b":[true,null]}' | sha256sum
    expect(contentId({ b: [true, null], a: 1 })).toBe('1cc69c7fa23616ca2ec3ee70d24390a6225c8832db8a4c814c7e0e7f942f8668');
  });

  it('names a stage by kind, code version, params and inputs, and by nothing else', () => {
    const name = { kind: 'embed' as const, codeVersion: 1, params: {}, inputs: { sample: 'a', extractor: 'b' } };
    expect(stageId({ ...name, work: 5 } as typeof name)).toBe(stageId(name));
    const others = [{ ...name, kind: 'score' as const }, { ...name, codeVersion: 2 }, { ...name, params: { a: 1 } }, { ...name, inputs: { sample: 'b', extractor: 'a' } }];
    expect(new Set([name, ...others].map(stageId)).size).toBe(5);
  });
});
