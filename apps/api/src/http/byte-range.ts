/** The bytes of a request for a part, both ends included. */
export interface ByteRange {
  start: number;
  end: number;
}

/** The part that a Range header asks for (RFC 9110, 14.1.2): "bytes=0-7", "bytes=8-", "bytes=-100". Undefined, and the whole is sent, for several parts, for none of these bytes, and for what is no range. */
export function rangeOf(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (found === null) return undefined;
  const [first, last] = [found[1]!, found[2]!];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(sizeBytes - 1, Number(last));
  return start > end ? undefined : { start, end };
}
