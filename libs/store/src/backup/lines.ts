/** The lines of UTF-8 text, without their line feeds. Only a line feed ends one: node:readline also splits at U+2028, which JSON may contain, in some versions of Node. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const chunk of chunks) {
    const [first = '', ...more] = decoder.decode(chunk, { stream: true }).split('\n');
    rest += first;
    for (const line of more) {
      yield rest;
      rest = line;
    }
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
