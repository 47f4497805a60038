// Checks that the hosts of a new cluster have room for an environment's tasks. The hosts of an existing cluster
// are unknown.

import type { EnvironmentFields } from "../environment-schema.ts";
import { offersSource, zonesIn, zonesWith } from "../offers/offers.ts";
import {
  type CreatedCluster,
  fitOn,
  fitsAnyPlacement,
  memoryOverhead,
  roomOfHost,
  sizeOfHosts,
} from "./room.ts";
import { othersOn, type Placed, redisOn, roomsOf } from "./tasks.ts";

/** A field to change and what is allowed in it. */
export interface HostFinding {
  readonly path: readonly string[];
  readonly allowed: string;
}

export function* hostFindings(environment: EnvironmentFields): Generator<HostFinding> {
  const zones = [...zoneFindings(environment)];
  yield* zones;
  const { cluster } = environment;
  if ("name" in cluster) return;
  // With wrong zones, the check of instance types would fail too.
  if (zones.length === 0) yield* typeFindings(environment, cluster);
  const tooLarge = [...sizeFindings(environment, cluster)];
  yield* tooLarge;
  // If a task is too large for one host, the number of hosts does not matter.
  if (tooLarge.length > 0) return;
  yield* failoverFindings(environment, cluster);
  yield* mostFindings(environment, cluster);
}

function* zoneFindings({ region, network }: EnvironmentFields): Generator<HostFinding> {
  const listed = zonesIn(region);
  if (!("zones" in network) || network.ownZones || listed === undefined) return;
  if (network.zones.every((letter) => listed.includes(letter))) return;
  const allowed =
    `zones of ${region}: ${listed.join(", ")} (${offersSource}); or ` +
    "network.ownZones: true if the zones of the account differ";
  yield { path: ["network", "zones"], allowed };
}

function* typeFindings(
  { region, network }: EnvironmentFields,
  cluster: CreatedCluster,
): Generator<HostFinding> {
  const { instanceType, eniTrunking } = cluster;
  const offering = zonesWith(instanceType, region);
  if (cluster.size === undefined && offering !== undefined) {
    const where = offering.length === 0 ? "none" : offering.join(", ");
    const wanted = "zones" in network ? network.zones : [];
    const isOffered =
      "zones" in network && !network.ownZones
        ? wanted.every((letter) => offering.includes(letter))
        : offering.length >= Math.max(1, wanted.length);
    if (!isOffered) {
      const allowed =
        `a type that EC2 offers in the zones ${wanted.join(", ") || "of the network"} of ${region}; ` +
        `${instanceType} is in ${where} (${offersSource})`;
      yield { path: ["cluster", "instanceType"], allowed };
    }
  }
  if (eniTrunking && sizeOfHosts(cluster).branchInterfaces === 0) {
    const allowed = `false with ${instanceType}, a type without trunking`;
    yield { path: ["cluster", "eniTrunking"], allowed };
  }
}

/** Containers that are too large for one host. */
function* sizeFindings(
  environment: EnvironmentFields,
  cluster: CreatedCluster,
): Generator<HostFinding> {
  const host = roomOfHost(cluster);
  for (const { path, room } of [...redisAsList(environment), ...othersOn(environment)]) {
    if (room.memory > host.memory) {
      yield { path: [...path, "memory"], allowed: memoryAllowed(host.memory, cluster) };
    }
    if (room.cpu > host.cpu) {
      const allowed = `at most ${host.cpu} CPU units, the size of a ${cluster.instanceType}`;
      yield { path: [...path, "cpu"], allowed };
    }
    if (room.interfaces > host.interfaces) {
      // `tasks` use the network mode of the app.
      const [part = "", ...rest] = path[0] === "tasks" ? ["app"] : path;
      const allowed = `bridge or host: a ${cluster.instanceType} has no network interface for tasks`;
      yield { path: [part, ...rest, "networkMode"], allowed };
    }
  }
}

function memoryAllowed(memory: number, cluster: CreatedCluster): string {
  const { instanceType, reservedMemory } = cluster;
  return (
    `at most ${memory} MiB: a ${instanceType} has ${sizeOfHosts(cluster).memory} MiB, less about ` +
    `${memoryOverhead * 100} % for platform and kernel, and ${reservedMemory} for cluster.reservedMemory; ` +
    "or use a larger cluster.instanceType"
  );
}

/** If its host is lost, Redis must find room on another host immediately, wherever the app's tasks run. */
function* failoverFindings(
  environment: EnvironmentFields,
  cluster: CreatedCluster,
): Generator<HostFinding> {
  const redis = redisOn(environment);
  if (redis === undefined || !cluster.failoverRoom) return;
  const host = roomOfHost(cluster);
  const placed = [redis, ...othersOn(environment)];
  const isEnough = (hosts: number): boolean => {
    const others = roomsOf(othersOn(environment), "fewest", hosts - 1);
    return (
      hosts > 1 &&
      fitOn(hosts - 1, host, roomsOf(placed, "fewest", hosts - 1)) &&
      fitsAnyPlacement(redis.room, others, hosts - 1, host)
    );
  };
  const allowed =
    `${needed(isEnough)}, not ${cluster.minHosts}: with one host lost, the others must have room for Redis and all permanent tasks; ` +
    `a ${cluster.instanceType} has ${asText(host)}; or cluster.failoverRoom: false, ` +
    "then Redis waits for a new host";
  if (!isEnough(cluster.minHosts)) yield { path: ["cluster", "minHosts"], allowed };
}

/** The maximum number of tasks. A deploy that starts new tasks before old ones stop needs room for one more. */
function* mostFindings(
  environment: EnvironmentFields,
  cluster: CreatedCluster,
): Generator<HostFinding> {
  const host = roomOfHost(cluster);
  const placed = [...redisAsList(environment), ...othersOn(environment)];
  const [largest] = placed
    .filter(
      ({ most, takesHostPort, path }) => most > 0 && !takesHostPort && !path.includes("redis"),
    )
    .map(({ room }) => room)
    .toSorted((one, other) => other.memory - one.memory);
  const isEnough = (hosts: number): boolean =>
    fitOn(hosts, host, [...roomsOf(placed, "most", hosts), ...(largest ? [largest] : [])]);
  const allowed =
    `${needed(isEnough)}, not ${cluster.maxHosts}: they must have room for the maximum number of tasks, and one more during a deploy; ` +
    `a ${cluster.instanceType} has ${asText(host)}`;
  if (!isEnough(cluster.maxHosts)) yield { path: ["cluster", "maxHosts"], allowed };
}

function redisAsList(environment: EnvironmentFields): Placed[] {
  const redis = redisOn(environment);
  return redis === undefined ? [] : [redis];
}

/** The smallest sufficient number of hosts. */
function needed(isEnough: (hosts: number) => boolean): string {
  const found = Array.from({ length: 100 }, (_, index) => index + 1).find(isEnough);
  return found === undefined
    ? "no number of hosts of this type is enough: use a larger cluster.instanceType"
    : `${found} or more`;
}

function asText({ memory, cpu, interfaces }: ReturnType<typeof roomOfHost>): string {
  return `${memory} MiB, ${cpu} CPU units and ${interfaces} network interfaces for tasks`;
}
