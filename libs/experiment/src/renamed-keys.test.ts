import { newName, renamedKeys } from './renamed-keys.js';

describe('renamed keys', () => {
  it('point to a word that is not itself renamed', () => {
    for (const name of Object.values(renamedKeys)) expect(renamedKeys).not.toHaveProperty(name);
  });

  it('apply only where the new word is valid', () => {
    expect(newName('grid', ['sampler', 'discretisation'])).toBe('discretisation');
    expect(newName('grid', ['sampler', 'steps'])).toBeUndefined();
    expect([newName('toString', ['toString']), newName(3, ['3'])]).toEqual([undefined, undefined]);
  });
});
