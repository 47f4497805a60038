import { type Body, Template } from "../../stacks/rules/template.ts";

/**
 * What is different against an emulator, as an override file: Terraform merges it into the module beside it, whose
 * JSON stays as it was synthesized. https://developer.hashicorp.com/terraform/language/files/override
 */
export function overridesOf(json: Body): object {
  const services = new Template(json).all("aws_ecs_service").map(({ address }) => [
    address.split(".")[1],
    // No task runs in an emulator, so there is nothing to wait for.
    { wait_for_steady_state: false },
  ]);
  return {
    // The state belongs to the run: it never reaches the environment's own, in S3 or in the repository.
    terraform: { backend: { local: { path: "emulated.tfstate" } } },
    ...(services.length > 0 && { resource: { aws_ecs_service: Object.fromEntries(services) } }),
  };
}
