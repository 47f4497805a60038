import { type Body, type Resource, type Template, texts } from "./template.ts";

/** References to the security groups of a launch template. */
export function groupsOf({ body }: Resource): readonly string[] {
  return texts([body["vpc_security_group_ids"]].flat());
}

/** References to the security groups of all created hosts. */
export function hostGroupsOf(template: Template): readonly string[] {
  return template.all("aws_launch_template").flatMap((hosts) => groupsOf(hosts));
}

/** The ingress rules of security groups. */
export function ingressInto(template: Template, groups: readonly string[]): readonly Resource[] {
  return template
    .all("aws_vpc_security_group_ingress_rule")
    .filter(({ body }) => groups.includes(String(body["security_group_id"])));
}

/** Whether an ingress rule allows one of the security groups. */
export function isFrom({ body }: Resource, groups: readonly string[]): boolean {
  return groups.includes(String(body["referenced_security_group_id"]));
}

/** Whether an ingress rule opens these TCP ports, and no others. */
export function opensOnly(rule: Resource, from: number, to = from): boolean {
  const ports = tcpPortsOf(rule);
  return ports.from === from && ports.to === to;
}

/** Whether an ingress rule opens at least one of these TCP ports. */
export function opensSome(rule: Resource, from: number, to = from): boolean {
  const ports = tcpPortsOf(rule);
  return ports.from <= to && ports.to >= from;
}

/** The first and last TCP port that an ingress rule opens; NaN if its protocol does not include TCP. */
function tcpPortsOf({ body }: Resource): { from: number; to: number } {
  const protocol = String(body["ip_protocol"]);
  // All protocols: ports are ignored, and all are open.
  if (protocol === "-1") return { from: 0, to: 65_535 };
  const ports: Body = ["tcp", "6"].includes(protocol) ? body : {};
  return { from: Number(ports["from_port"]), to: Number(ports["to_port"]) };
}
