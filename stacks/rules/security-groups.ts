import { type Resource, type Template, texts } from "./template.ts";

/** Security groups of the hosts that a launch template starts, as they are referred to. */
export function groupsOf({ body }: Resource): readonly string[] {
  return texts([body["vpc_security_group_ids"]].flat());
}

/** Security groups of all hosts that the template makes. */
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

export function opens({ body }: Resource, from: unknown, to = from): boolean {
  return body["from_port"] === from && body["to_port"] === to;
}
