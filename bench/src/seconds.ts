/** What some work returns, and the CPU seconds that this process took for it. */
export function seconds<T>(work: () => T): { value: T; cpu: number } {
  const before = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(before);
  return { value, cpu: (user + system) / 1e6 };
}
