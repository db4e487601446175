import { digest, portableDigest } from './digest.js';

describe('digest', () => {
  // FIPS 180-2, appendix B.1
  it('is sha256', () => {
    expect(digest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it.each(['', 'é€😀', 'lone \ud800 surrogate', 'x'.repeat(1000)])('of %j is the same in Node and in a browser', (text) => {
    expect(digest(text)).toBe(portableDigest(text));
  });
});
