/** The first image less the second: grey where they agree, lighter where the first is. Both are as large as the smaller one. Returns the mean absolute difference, in grey levels of 0 to 255. */
export function subtract(first: Uint8ClampedArray, second: Uint8ClampedArray, into: Uint8ClampedArray): number {
  let sum = 0;
  for (let i = 0; i < into.length; i += 1) {
    const difference = first[i]! - second[i]!;
    into[i] = i % 4 === 3 ? 255 : 128 + difference / 2;
    if (i % 4 !== 3) sum += Math.abs(difference);
  }
  return sum / (into.length * 3 / 4);
}
