import data from "./aws-offers.json" with { type: "json" };

// What EC2 offers, by AWS's own tables of one day: `derive.py` writes them, and says where they come from.

/** The tables and their versions, for messages. */
export const offersSource = data.sources[0] ?? "";

const types: Readonly<Record<string, string>> = data.types;
const offers: Readonly<Record<string, Readonly<Record<string, string>>>> = data.offers;
const partitions = new Map(
  Object.entries(data.regions).flatMap(([partition, regions]) =>
    regions.split(" ").map((region) => [region, partition] as const),
  ),
);

/** The partition of a region, as ARNs begin with it; undefined for a region that is none. */
export function partitionOf(region: string): string | undefined {
  return partitions.get(region);
}

export const regionNames: readonly string[] = [...partitions.keys()];

/** What an instance type has. */
export interface InstanceSize {
  /** MiB, as EC2 advertises them. */
  readonly memory: number;
  readonly vcpus: number;
  readonly interfaces: number;
  /** Network interfaces of tasks with trunking; 0: the type knows no trunking. */
  readonly branchInterfaces: number;
}

/** Undefined for a type that the tables do not list. */
export function sizeOf(instanceType: string): InstanceSize | undefined {
  if (!Object.hasOwn(types, instanceType)) return undefined;
  const [memory = 0, vcpus = 0, interfaces = 0, branchInterfaces = 0] = (types[instanceType] ?? "")
    .split(" ")
    .map(Number);
  return { memory, vcpus, interfaces, branchInterfaces };
}

/** The letters of a region's zones; undefined for a region without tables: nothing is known of it. */
export function zonesIn(region: string): readonly string[] | undefined {
  const listed = offersIn(region);
  return listed && [...new Set(Object.keys(listed).join(""))].toSorted();
}

/** The letters of the zones that offer a type; undefined for a region without tables. */
export function zonesWith(instanceType: string, region: string): readonly string[] | undefined {
  const listed = offersIn(region);
  const [family = ""] = instanceType.split(".");
  return (
    listed &&
    Object.entries(listed).flatMap(([letters, names]) => {
      const offered = names.split(" ");
      return offered.includes(family) || offered.includes(instanceType) ? letters.split("") : [];
    })
  );
}

function offersIn(region: string): Readonly<Record<string, string>> | undefined {
  return Object.hasOwn(offers, region) ? offers[region] : undefined;
}
