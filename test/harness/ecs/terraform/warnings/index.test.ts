import { expect, it } from "vitest";
import {
  evaluate,
  readSavedPlan,
  readTemplate,
  warningsFor,
} from "../../../../../harness/ecs/index.ts";
import { evaluatedFolder } from "../evaluation/support/recorded.ts";

/** Redis from `modules/redis`, and an app. To record it, Terraform needs the provider hashicorp/random, too. */
async function guarded() {
  using folder = evaluatedFolder("guarded");
  const { state, lifecycles } = await evaluate(folder.folder);
  const { first, external } = await readSavedPlan(state, { lifecycles });
  const { plan } = await readTemplate(first, { ...external, attributes: {}, drawn: new Map() });
  return { state, plan };
}

const { state, plan } = await guarded();

const without = (address: string): object =>
  JSON.parse(JSON.stringify(state), (_, value: unknown) =>
    Array.isArray(value)
      ? value.filter((each: { address?: unknown } | null) => each?.address !== address)
      : value,
  ) as object;

it("modules/redis gives no warning, with what its README tells one to add", () => {
  expect(warningsFor(state, plan)).toEqual([]);
});

const hosts = "no rule of aws_security_group.hosts lets";

it.each([
  [
    "aws_vpc_security_group_ingress_rule.hosts_from_hosts",
    "module.redis.module.service.aws_ecs_service.discovered_service",
    `${hosts} aws_ecs_service.app (aws_security_group.hosts) in on ports 40000-49999. In AWS a connection to dev-redis.dev-ecs ends with a timeout`,
  ],
  [
    "aws_security_group_rule.hosts_from_users",
    "aws_ecs_service.app",
    `${hosts} aws_lb.users (aws_security_group.users) in on ports 40000-49999. In AWS its targets stay unhealthy: Request timed out`,
  ],
  [
    "aws_iam_role_policy_attachment.password",
    "aws_ecs_task_definition.app",
    "no policy of aws_iam_role.execution allows secretsmanager:GetSecretValue for REDIS_PASSWORD. In AWS no task starts: ResourceInitializationError: unable to pull secrets or registry auth",
  ],
])("a warning says what is missing without %s", (left, address, text) => {
  expect(warningsFor(without(left), plan)).toContainEqual({ address, text });
});
