/** Whether looks at the race of a stored sweep are still to come, so that its plan is not all that will run. */
export function isRaceOpen(spec: Readonly<Record<string, unknown>>): boolean {
  const race = spec['race'] as { over?: boolean } | null | undefined;
  return race != null && race.over !== true;
}
