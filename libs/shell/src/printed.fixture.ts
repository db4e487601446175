/** For the tests of a describe block: catches what is written to stdout and stderr; the function returns the text so far. */
export function printed(): () => string {
  let text: string;
  beforeEach(() => {
    text = '';
    for (const stream of [process.stdout, process.stderr]) jest.spyOn(stream, 'write').mockImplementation((chunk) => (text += String(chunk)) !== '');
  });
  afterEach(() => jest.restoreAllMocks());
  return () => text;
}
