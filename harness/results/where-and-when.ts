import type { Results } from "./results.ts";

/** The day, the machine and the versions of figures, as a page tells them. */
export function whereAndWhen({ date, machine, versions }: Results): string {
  const { node, ...others } = versions;
  const programs = Object.entries(others).map(([name, version]) => `${name} ${version}`);
  const { cores, cpu, memory, system } = machine;
  return [date, `${cores} × ${cpu}`, memory, system, `Node.js ${node}`, ...programs].join(", ");
}
