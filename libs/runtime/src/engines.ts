import type { BackendChoice, Probe } from '@elucidate/engine/backend';
import { probeEngines, startEngine, type Engine } from '@elucidate/engine/start';

export interface EngineFinding {
  name: string;
  available: boolean;
  /** Whether it is available, or why not and how to get it. */
  detail: string;
}

/** All engines in the order they are tried, and the one that would be used. Starts that one in this process. Throws engine.absent. */
export async function findEngines(backend: BackendChoice = 'auto'): Promise<{ engines: EngineFinding[]; chosen: Engine }> {
  const probes = Object.entries(await probeEngines());
  const engines = probes.map(([name, probe]) => ({ name, available: probe.available, detail: detailOf(probe) }));
  return { engines, chosen: await startEngine({ backend }) };
}

function detailOf(probe: Probe): string {
  if (!probe.available) return `${probe.reason}. ${probe.remedy}`;
  return probe.onlyByName ? `available, chosen only by name: ${probe.onlyByName}` : 'available';
}
