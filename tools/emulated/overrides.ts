import { type Body, Template } from "../../stacks/rules/template.ts";

/**
 * The override file with the settings for an emulator. Terraform merges it into the module in the same folder, so the
 * synthesized JSON stays unchanged. https://developer.hashicorp.com/terraform/language/files/override
 */
export function overridesOf(json: Body): object {
  const services = new Template(json).all("aws_ecs_service").map(({ address }) => [
    address.split(".")[1],
    // An emulator runs no tasks, so the service never becomes steady.
    { wait_for_steady_state: false },
  ]);
  return {
    // The run has its own state, so it never touches the environment's, in S3 or in the repository.
    terraform: { backend: { local: { path: "emulated.tfstate" } } },
    ...(services.length > 0 && { resource: { aws_ecs_service: Object.fromEntries(services) } }),
  };
}
