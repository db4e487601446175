/** Tells, look by look, whether the same thing (null: nothing) has been seen for longer than `ms` without a look in between that saw another, or nothing. Times in milliseconds. */
export function lasting(ms: number): (seen: number | null, now: number) => boolean {
  let [last, since] = [null as number | null, 0];
  return (seen, now) => {
    if (seen !== last) [last, since] = [seen, now];
    return seen !== null && now - since > ms;
  };
}
