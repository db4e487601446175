import { cpus } from 'node:os';

/** The processor's name as the system gives it, "AMD EPYC 7B13". */
export function processorName(): string {
  return cpus()[0]?.model.trim() || process.arch;
}
