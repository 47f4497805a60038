import { type Resource, type Template, text } from "./template.ts";

/** The launch templates of ECS hosts. */
export function hostTemplates(template: Template): readonly Resource[] {
  return template.all("aws_launch_template").filter(isHostTemplate);
}

/** The decoded first boot script of a launch template. */
export function userData({ body }: Resource): string {
  return Buffer.from(text(body["user_data"]), "base64").toString("utf8");
}

function isHostTemplate(resource: Resource): boolean {
  return /\bECS_CLUSTER=/.test(userData(resource));
}

/** The resources of a type that belong to the hosts' role, such as its policy attachments. */
export function ofHostRoles(template: Template, type: string): readonly Resource[] {
  const profiles = template.all("aws_iam_instance_profile");
  const roles = profiles.map(({ body }) => template.find(body["role"]));
  return template.all(type).filter(({ body }) => {
    const role = template.find(body["role"]);
    return role !== undefined && roles.includes(role);
  });
}

/** A setting of the agent in the user data. */
export function agentSetting(name: string, hosts: Resource): string | undefined {
  return new RegExp(`^${name}=(.*)$`, "m").exec(userData(hosts))?.[1];
}
