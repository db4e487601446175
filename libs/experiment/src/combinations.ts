/** A place in a list of numbers, and how many values the number there can have: 0 .. radix - 1. */
export interface Digit {
  index: number;
  /** At most 2^22. */
  radix: number;
}

/**
 * Numbers the combinations of some digits of a list: two lists have the same number exactly if they agree on those digits.
 * The number is read in mixed radix; where it would exceed 2^53, the combinations so far are counted instead, in the order in which they come.
 */
export function combinations(digits: readonly Digit[]): (list: Int32Array) => number {
  let bound = 1;
  const places = digits.map(({ index, radix }) => {
    const seen = bound * radix > Number.MAX_SAFE_INTEGER ? new Map<number, number>() : undefined;
    bound = (seen === undefined ? bound : 2 ** 31) * radix;
    return { index, radix, seen };
  });
  return (list) => {
    let number = 0;
    for (const { index, radix, seen } of places) {
      if (seen !== undefined) number = orderIn(seen, number);
      number = number * radix + list[index]!;
    }
    return number;
  };
}

/** A member's number in the order in which members come. */
export function orderIn<T>(seen: Map<T, number>, member: T): number {
  let order = seen.get(member);
  if (order === undefined) {
    order = seen.size;
    seen.set(member, order);
  }
  return order;
}
