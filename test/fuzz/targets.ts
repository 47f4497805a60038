import type { Target } from "./target.ts";

/** All targets, in the order in which they run. Each is loaded when it runs, in its own process. */
const TARGETS: Readonly<Record<string, () => Promise<{ readonly target: Target }>>> = {
  "dns-codec": () => import("./targets/dns-codec.ts"),
  "dns-sockets": () => import("./targets/dns-sockets.ts"),
};

export const TARGET_NAMES: readonly string[] = Object.keys(TARGETS);

/** @throws {Error} when there is none of this name */
export async function loadTarget(name: string): Promise<Target> {
  const load = TARGETS[name];
  if (load === undefined) throw new Error(`there is no target ${name}`);
  return (await load()).target;
}
