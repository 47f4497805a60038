import { isDeepStrictEqual } from "node:util";
import { compare, type Change } from "./terraform/change.ts";
import { computedValues, type KnownValues } from "./terraform/computed.ts";
import { HarnessError } from "./errors.ts";
import { Model } from "./terraform/model.ts";
import { readModule, Resolver, type Module } from "./terraform/module.ts";
import { readPlan, type Plan, type TaskDefinitionPlan } from "./terraform/plan.ts";
import { isModelled, type ModelledType } from "./terraform/schemas.ts";
import { Secrets } from "./terraform/secrets.ts";

/** A template read in full: what it declares, what that means, and its secrets. */
export interface Environment {
  readonly module: Module;
  readonly plan: Plan;
  readonly secrets: Secrets;
}

/**
 * Reads and checks a template.
 * @throws HarnessError naming what is broken, contradictory or cannot be honoured
 */
export async function readEnvironment(
  source: string | object,
  known: KnownValues,
): Promise<Environment> {
  const module = await readModule(source);
  const model = Model.of(module, new Resolver(module, computedValues(module, known)));
  return {
    module,
    plan: readPlan(model, known.namespaces),
    secrets: Secrets.of(model, { ...known.parameters, ...known.secrets }),
  };
}

/** Types that may change while the environment runs; the others are what it stands on. */
const CHANGEABLE = new Set<ModelledType>([
  "aws_ecs_task_definition",
  "aws_ecs_service",
  "aws_service_discovery_service",
  "aws_secretsmanager_secret",
  "aws_secretsmanager_secret_version",
  "aws_ecs_cluster",
  "aws_ecs_cluster_capacity_providers",
  "aws_ecs_capacity_provider",
  "aws_efs_file_system",
  "aws_efs_access_point",
]);

/** A namespace may go, with the last service in it; containers know those that were there at the start. */
const isChangeable = ({ type, action }: Change): boolean =>
  CHANGEABLE.has(type as ModelledType) ||
  (type === "aws_service_discovery_private_dns_namespace" && action === "delete");

/**
 * What differs from the template that runs now.
 * @throws HarnessError ERR_UNSUPPORTED when something changes that hosts or listeners were made from
 */
export function changesBetween(before: Environment | undefined, after: Environment): Change[] {
  const changes = compare(before?.module, after.module);
  if (!before) return changes;
  changes.push(...remounted(before, after, changes));
  const fixed = changes.filter((change) => isModelled(change.type) && !isChangeable(change));
  if (fixed.length === 0) return changes;
  const names = fixed.map(({ address, action }) => `${address} (${action})`).join(", ");
  const message = `${names}: cannot change while the local ECS runs; close it and start it from the new template`;
  throw new HarnessError("ERR_UNSUPPORTED", message);
}

/**
 * Another folder or user is another access point (no argument of one changes in place), whose id the
 * task definition holds: Terraform makes a new revision, though nobody has edited the task definition.
 */
function remounted(before: Environment, after: Environment, known: readonly Change[]): Change[] {
  return [...after.plan.taskDefinitions.values()].flatMap(({ address, containers }) => {
    const earlier = before.plan.taskDefinitions.get(address);
    if (!earlier || known.some((change) => change.address === address)) return [];
    if (isDeepStrictEqual(mountsOf(earlier.containers), mountsOf(containers))) return [];
    return [{ address, type: "aws_ecs_task_definition", action: "update" }];
  });
}

const mountsOf = (containers: TaskDefinitionPlan["containers"]): unknown =>
  containers.map(({ mounts }) => mounts);
