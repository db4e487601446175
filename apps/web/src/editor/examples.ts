/** The repository's sweep files by name; each is loaded when it is chosen. */
const files: Readonly<Record<string, () => Promise<string>>> = import.meta.glob<string>('../../../../examples/*.yaml', { query: '?raw', import: 'default' });

const nameOf = (path: string): string => /([^/]+)\.yaml$/.exec(path)![1]!;

export const exampleNames: readonly string[] = Object.keys(files).map(nameOf).sort((a, b) => Number(b === 'quickstart') - Number(a === 'quickstart') || a.localeCompare(b));

export async function exampleText(name: string): Promise<string> {
  const [, load] = Object.entries(files).find(([path]) => nameOf(path) === name)!;
  return load();
}
