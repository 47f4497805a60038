import { recordsIn } from "../expression/values.ts";
import { type Found, textsIn, type Values } from "./found.ts";

export type Ports = readonly [first: number, last: number];

/** What a group lets in: from other groups, or from addresses, which may be anyone's. */
interface Rule {
  readonly group: unknown;
  readonly ports: Ports;
  readonly sources: readonly string[];
  readonly hasAddresses: boolean;
}

const ALL: Ports = [0, 65_535];

/** The security groups that a folder creates, with their rules. */
export class SecurityGroups {
  /** Addresses by id. */
  readonly #names: ReadonlyMap<string, string>;
  readonly #rules: readonly Rule[];

  constructor(found: Found) {
    const groups = found.all("aws_security_group");
    this.#names = new Map(groups.map(({ address, values }) => [String(values["id"]), address]));
    this.#rules = [
      ...groups.flatMap(({ values: { id, ingress } }) =>
        recordsIn(ingress).flatMap((each) => readRule(id, each)),
      ),
      ...found
        .all("aws_security_group_rule")
        .filter(({ values }) => values["type"] === "ingress")
        .flatMap(({ values }) => readRule(values["security_group_id"], values)),
      ...found
        .all("aws_vpc_security_group_ingress_rule")
        .flatMap(({ values }) => readRule(values["security_group_id"], values)),
    ];
  }

  /** Whether the folder creates all of them. */
  areKnown(ids: readonly string[]): boolean {
    return ids.length > 0 && ids.every((id) => this.#names.has(id));
  }

  namesOf = (ids: readonly string[]): string =>
    ids.map((id) => this.#names.get(id) ?? id).join(", ");

  /** Whether rules open every port. @param from groups of a client; undefined: any client */
  opens(ids: readonly string[], ports: Ports, from: readonly string[] | undefined): boolean {
    const open = this.#rules
      .filter(({ group }) => ids.includes(String(group)))
      .filter(
        ({ sources, hasAddresses }) =>
          hasAddresses || from === undefined || sources.some((id) => from.includes(id)),
      )
      .map((rule) => rule.ports)
      .toSorted(([one], [other]) => one - other);
    const [first, last] = ports;
    const next = open.reduce((at, [low, high]) => (low <= at ? Math.max(at, high + 1) : at), first);
    return next > last;
  }
}

/** A rule for TCP, in any of the three ways to write one. */
function readRule(group: unknown, values: Values): Rule[] {
  const protocol = String(values["protocol"] ?? values["ip_protocol"]).toLowerCase();
  const isAll = protocol === "-1" || protocol === "all";
  if (!isAll && protocol !== "tcp" && protocol !== "6") return [];
  const sources = textsIn(
    [
      values["security_groups"],
      values["source_security_group_id"],
      values["referenced_security_group_id"],
      values["self"] === true ? group : [],
    ].flat(),
  );
  const addresses = [
    values["cidr_blocks"],
    values["ipv6_cidr_blocks"],
    values["prefix_list_ids"],
    values["cidr_ipv4"],
    values["cidr_ipv6"],
    values["prefix_list_id"],
  ].flat();
  const ports: Ports = isAll ? ALL : [Number(values["from_port"]), Number(values["to_port"])];
  return [{ group, ports, sources, hasAddresses: textsIn(addresses).length > 0 }];
}
