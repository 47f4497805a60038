import type { Zone } from "./dns-authority.ts";

/** As in Docker Desktop: this machine, whose 127.0.0.1 a container with a network of its own does not have. */
export const MACHINE_NAME = "host.docker.internal";
/** Seconds. */
const TTL = 60;
const LOCALHOST = "127.0.0.1";

/**
 * One zone with one address for each host name.
 * @param machine the address at which containers reach what listens on this machine's 127.0.0.1
 */
export const hostnameZones = (
  hostnames: Readonly<Record<string, string>>,
  machine: string,
): Zone[] =>
  Object.entries({ ...hostnames, [MACHINE_NAME]: LOCALHOST }).map(([name, given]) => {
    const address = given === LOCALHOST ? machine : given;
    return { name, records: () => [{ type: "A", name, ttl: TTL, address }] };
  });
