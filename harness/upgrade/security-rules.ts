import { isDeepStrictEqual } from "node:util";
import type { PlannedChange, PlannedChanges } from "../ecs/index.ts";

type Rule = Readonly<Record<string, unknown>>;

/** Types of a rule of a security group. */
export const RULES: ReadonlySet<string> = new Set([
  "aws_vpc_security_group_ingress_rule",
  "aws_vpc_security_group_egress_rule",
  "aws_security_group_rule",
]);

/** The arguments with what a rule belongs to and whom it allows. */
const PEERS = [
  "type",
  "security_group_id",
  "cidr_ipv4",
  "cidr_ipv6",
  "prefix_list_id",
  "referenced_security_group_id",
  "cidr_blocks",
  "ipv6_cidr_blocks",
  "prefix_list_ids",
  "source_security_group_id",
  "self",
];

/**
 * Whether connections need a rule that a plan removes. They do not if its group or peer is also removed, or if another
 * rule that stays allows the same.
 */
export function isMissed(
  { type, before = {} }: PlannedChange,
  { changes, unchanged }: PlannedChanges,
): boolean {
  const removed = changes.filter((each) => each.type === "aws_security_group" && isOver(each));
  const isGone = removed.some(({ before: group }) =>
    PEERS.some((peer) => before[peer] !== undefined && before[peer] === group?.["id"]),
  );
  if (isGone) return false;
  return !unchanged.some((other) => other.type === type && covers(other.values, before));
}

const isOver = ({ action }: PlannedChange): boolean => action === "destroy";

/** Whether a rule allows everything that another one allows. */
function covers(wide: Rule, narrow: Rule): boolean {
  const protocols = [wide, narrow].map((rule) => rule["ip_protocol"] ?? rule["protocol"]);
  return (
    PEERS.every((peer) => isDeepStrictEqual(wide[peer] ?? null, narrow[peer] ?? null)) &&
    (protocols[0] === "-1" ||
      (protocols[0] === protocols[1] &&
        Number(wide["from_port"]) <= Number(narrow["from_port"]) &&
        Number(wide["to_port"]) >= Number(narrow["to_port"])))
  );
}
