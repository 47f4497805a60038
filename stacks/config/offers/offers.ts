import data from "./aws-offers.json" with { type: "json" };

// Instance types and zones of EC2, from AWS's tables of one day. `derive.py` writes them and names the sources.

/** Sources and versions of the tables, for messages. */
export const offersSource = data.sources[0] ?? "";

const types: Readonly<Record<string, string>> = data.types;
const offers: Readonly<Record<string, Readonly<Record<string, string>>>> = data.offers;
const partitions = new Map(
  Object.entries(data.regions).flatMap(([partition, regions]) =>
    regions.split(" ").map((region) => [region, partition] as const),
  ),
);

/** The partition of a region, as in ARNs; undefined for an unknown region. */
export function partitionOf(region: string): string | undefined {
  return partitions.get(region);
}

export const regionNames: readonly string[] = [...partitions.keys()];

/** The registries of ECR in a region, without the account before them. In China the domain is another one. */
export function registriesIn(region: string): string {
  const domain = partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return `dkr.ecr.${region}.${domain}`;
}

/** The size of an instance type. */
export interface InstanceSize {
  /** Memory in MiB, as listed by EC2. */
  readonly memory: number;
  readonly vcpus: number;
  readonly interfaces: number;
  /** Network interfaces for tasks with trunking; 0 if the type does not support trunking. */
  readonly branchInterfaces: number;
}

/** Undefined for a type that is not in the tables. */
export function sizeOf(instanceType: string): InstanceSize | undefined {
  if (!Object.hasOwn(types, instanceType)) return undefined;
  const [memory = 0, vcpus = 0, interfaces = 0, branchInterfaces = 0] = (types[instanceType] ?? "")
    .split(" ")
    .map(Number);
  return { memory, vcpus, interfaces, branchInterfaces };
}

/** The letters of a region's zones; undefined for a region that is not in the tables. */
export function zonesIn(region: string): readonly string[] | undefined {
  const listed = offersIn(region);
  return listed && [...new Set(Object.keys(listed).join(""))].toSorted();
}

/** The letters of the zones that offer a type; undefined for a region that is not in the tables. */
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
