/** A function of records that never change, called once for each of them. An error is not kept. */
export function memoised<K extends object, V>(compute: (record: K) => V): (record: K) => V {
  const known = new WeakMap<K, { value: V }>();
  return (record) => {
    let found = known.get(record);
    if (found === undefined) {
      found = { value: compute(record) };
      known.set(record, found);
    }
    return found.value;
  };
}
