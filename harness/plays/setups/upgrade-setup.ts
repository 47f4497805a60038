import { type LocalImage, redisImage, repositoryOf } from "../../ecs/index.ts";
import { guestBook, secretName } from "./environment-setup.ts";
import { REDIS, type Setup } from "./setup.ts";
import { type Container, endpointsOf, type Template } from "./template.ts";

/** The image of a parameter that the new version does not read. */
const RELEASED = "registry.local/app:1.0.0";

/** The setup of the new version, with the additional inputs of the old version. */
export function upgradeSetup(next: Setup, old: Template): Setup {
  const { local } = next;
  const parameters = { ...parametersOf(old), ...local.parameters };
  const images = { ...imagesOf(old, parameters), ...local.images };
  const secrets = { ...secretsOf(old), ...local.secrets };
  const attributes = { ...endpointsOf(old), ...endpointsOf(local.template as Template) };
  return { ...next, local: { ...local, template: old, parameters, images, secrets, attributes } };
}

/** Every parameter of a template, with the same image. */
function parametersOf({ data }: Template): Record<string, string> {
  const blocks = Object.values(data?.["aws_ssm_parameter"] ?? {});
  return Object.fromEntries(blocks.map((block) => [String(block["name"]), RELEASED]));
}

/** The containers of all task definitions, with unresolved references. */
function containersOf({ resource }: Template): Container[] {
  return Object.values(resource["aws_ecs_task_definition"] ?? {}).flatMap(
    (block) => JSON.parse(String(block["container_definitions"])) as Container[],
  );
}

function imagesOf(old: Template, parameters: Record<string, string>): Record<string, LocalImage> {
  const [released = RELEASED] = Object.values(parameters);
  // A separate task may use the Redis image for its client.
  const containers = containersOf(old).toSorted(
    (one, other) => Number(one.name === REDIS) - Number(other.name === REDIS),
  );
  return Object.fromEntries(
    containers.map(({ name, image }) => [
      repositoryOf(image.startsWith("${") ? released : image),
      name === REDIS ? redisImage() : guestBook(),
    ]),
  );
}

/** Values for the secrets that the old version reads by name. */
function secretsOf(old: Template): Record<string, string> {
  const secrets = containersOf(old).flatMap(
    (container) => (container as { secrets?: { name: string; valueFrom: string }[] }).secrets ?? [],
  );
  return Object.fromEntries(
    secrets
      .filter(({ valueFrom }) => !valueFrom.includes("${"))
      .map(({ name, valueFrom }) => [secretName(valueFrom), `local ${name}`]),
  );
}
