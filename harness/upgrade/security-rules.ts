import { reachedFrom, type Upgrade } from "../ecs/index.ts";

type Rule = Readonly<Record<string, unknown>>;

/**
 * Whether connections need a security group rule that an upgrade removes. They do not if its group or peer is also
 * removed, or if another remaining rule allows the same.
 */
export function isMissed(address: string, { before, after, changes }: Upgrade): boolean {
  const rule = before.declared.get(address);
  if (rule === undefined) return true;
  const groups = [...reachedFrom(before, address)].filter((each) => each.startsWith(GROUP));
  if (groups.some((group) => isDestroyed(group, changes))) return false;
  const changed = new Set(changes.map((change) => change.address));
  return ![...before.declared.values()].some(
    (other) =>
      other.type === rule.type &&
      !changed.has(other.address) &&
      after.declared.has(other.address) &&
      covers(other.arguments, rule.arguments),
  );
}

const GROUP = "aws_security_group.";

const isDestroyed = (group: string, changes: Upgrade["changes"]): boolean =>
  changes.some(({ address, action }) => address === group && action === "destroy");

const PEERS = ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"];

/** Whether a rule allows everything that another one allows. */
function covers(wide: Rule, narrow: Rule): boolean {
  return (
    wide["security_group_id"] === narrow["security_group_id"] &&
    PEERS.every((peer) => wide[peer] === narrow[peer]) &&
    (wide["ip_protocol"] === "-1" ||
      (wide["ip_protocol"] === narrow["ip_protocol"] &&
        Number(wide["from_port"]) <= Number(narrow["from_port"]) &&
        Number(wide["to_port"]) >= Number(narrow["to_port"])))
  );
}
