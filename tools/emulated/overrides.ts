import { asBody, type Body, Template } from "../../stacks/rules/template.ts";

// An emulator runs no tasks, so a service never becomes steady.
const SERVICE = { wait_for_steady_state: false };

/**
 * The override file with the settings for an emulator. Terraform merges it into the module in the same folder, so the
 * synthesized JSON stays unchanged. https://developer.hashicorp.com/terraform/language/files/override
 */
export function overridesOf(json: Body): object {
  const services = new Template(json)
    .all("aws_ecs_service")
    .map(({ address }) => [address.split(".")[1], SERVICE]);
  return {
    // The run has its own state, so it never touches the environment's, in S3 or in the repository.
    terraform: { backend: { local: { path: "emulated.tfstate" } } },
    ...(services.length > 0 && { resource: { aws_ecs_service: Object.fromEntries(services) } }),
  };
}

/** The module as Terraform plans it with the override file. */
export function withOverrides(json: Body): Body {
  const resources = asBody(json["resource"]);
  const services = Object.entries(asBody(resources["aws_ecs_service"])).map(([id, body]) => [
    id,
    { ...asBody(body), ...SERVICE },
  ]);
  return { ...json, resource: { ...resources, aws_ecs_service: Object.fromEntries(services) } };
}
