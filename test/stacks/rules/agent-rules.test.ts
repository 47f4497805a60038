import { describe } from "vitest";
import { agentRules } from "../../../stacks/rules/agent-rules.ts";
import { type Break, rewriteUserData, testBreaks, testKept } from "../support/broken.ts";

const template = "aws_launch_template.cluster_launch_template";
const redisTask = "aws_ecs_task_definition.redis_task_definition";
const appTask = "aws_ecs_task_definition.app_task_definition";
const shell = "aws_iam_role_policy.cluster_role_shell";
const digest = `sha256:${"0a".repeat(32)}`;

const pullsOnce: Break[3] = {
  cluster: { imagePull: "once" },
  redis: { image: `redis:8.0.4@${digest}` },
  app: { image: { ssmParameter: "/app/image" }, loadBalancer: false },
};
const reads = { Effect: "Allow", Action: "ssm:GetParameter", Resource: "*" };

describe("the rules of the hosts' agent and role", () => {
  testBreaks(agentRules, [
    [
      "memory-for-the-host",
      `${template}.user_data`,
      (draft) => rewriteUserData(draft, "ECS_RESERVED_MEMORY=", "# "),
    ],
    [
      "tasks-fit-a-host",
      `${redisTask}.container_definitions`,
      ({ container }) => container("redis", (redis) => (redis["memory"] = 1700)),
    ],
    [
      "tasks-fit-a-host",
      `${appTask}.container_definitions`,
      ({ container }) => container("app", (app) => (app["cpu"] = 2049)),
    ],
    [
      "metadata-blocked-for-tasks",
      `${template}.user_data`,
      (draft) => rewriteUserData(draft, "BLOCK_IMDS=true", "BLOCK_IMDS=false"),
    ],
    [
      "pull-once-by-digest",
      `${appTask}.container_definitions.0.image`,
      ({ container }) => container("app", (app) => (app["image"] = "example.com/app:1")),
      pullsOnce,
    ],
    [
      "pull-once-by-digest",
      `${template}.user_data`,
      (draft) =>
        rewriteUserData(draft, "ECS_AWSVPC", "ECS_IMAGE_PULL_BEHAVIOR=prefer-cached\nECS_AWSVPC"),
    ],
    [
      "hosts-read-no-parameters",
      "aws_iam_role_policy_attachment.cluster_role_ssm.policy_arn",
      ({ add, resource }) => {
        const { role } = resource("aws_iam_role_policy_attachment.cluster_role_ecs");
        const policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
        add("aws_iam_role_policy_attachment.cluster_role_ssm", { role, policy_arn });
        for (const service of ["redis", "app"]) {
          const needs = resource(`aws_ecs_service.${service}_service`)["depends_on"] as string[];
          needs.push("aws_iam_role_policy_attachment.cluster_role_ssm");
        }
      },
    ],
    [
      "hosts-read-no-parameters",
      `${shell}.policy`,
      ({ resource }) => {
        const policy = String(resource(shell)["policy"]);
        resource(shell)["policy"] = policy.replace("ssm:Update", "ssm:GetParameter*");
      },
    ],
  ]);

  testKept([
    [
      "an existing role that reads parameters",
      ({ add }) => {
        const role = "elsewhere";
        const policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";
        const policy = JSON.stringify({ Version: "2012-10-17", Statement: [reads] });
        add("aws_iam_instance_profile.other", { role });
        add("aws_iam_role_policy_attachment.other", { role, policy_arn });
        add("aws_iam_role_policy.other", { role, policy });
      },
    ],
  ]);
});
