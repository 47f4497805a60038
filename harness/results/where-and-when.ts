import type { Results } from "./results.ts";

/** The date, machine and versions of figures, for a page. */
export function whereAndWhen({ date, machine, versions }: Results): string {
  const { node, ...others } = versions;
  const programs = Object.entries(others).map(([name, version]) => `${name} ${version}`);
  const { cores, cpu, memory, system } = machine;
  return [date, `${cores} × ${cpu}`, memory, system, `Node.js ${node}`, ...programs].join(", ");
}
