import { memoryForTasks } from "../config/hosts/room.ts";
import { sizeOf } from "../config/offers/offers.ts";
import { agentSetting, hostTemplates, ofHostRoles, userData } from "./host-templates.ts";
import { finding, type Rule } from "./rule.ts";
import { allContainersOf, tasksOf } from "./tasks.ts";
import { at, statements, text } from "./template.ts";

const agentConfiguration =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html";

const memoryForTheHost: Rule = {
  id: "memory-for-the-host",
  title: "Some memory of a host is reserved for the agent, Docker and the EFS tunnels",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html",
  remedy: "set ECS_RESERVED_MEMORY=<MiB> in the hosts' user data",
  check: (template) =>
    hostTemplates(template)
      .filter((hosts) => !/^\d+$/.test(String(agentSetting("ECS_RESERVED_MEMORY", hosts))))
      .map((hosts) => finding(hosts, "user_data", userData(hosts))),
};

const tasksFit: Rule = {
  id: "tasks-fit-a-host",
  title:
    "A task's memory and CPU fit on one host: a host's memory is that of its instance type, minus the platform's overhead and the reserved memory",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html",
  remedy: "a smaller memory or cpu of the containers, or a larger instance_type",
  *check(template) {
    for (const hosts of hostTemplates(template)) {
      // The size of a type that is not in the tables is unknown.
      const size = sizeOf(text(hosts.body["instance_type"]));
      if (size === undefined) continue;
      const reserved = Number(agentSetting("ECS_RESERVED_MEMORY", hosts) ?? 0);
      const memory = memoryForTasks(size, reserved);
      for (const { definition, containers } of tasksOf(template)) {
        const taken = (kind: string): number =>
          containers.reduce((sum, { body }) => sum + Number(body[kind] ?? 0), 0);
        if (taken("memory") > memory || taken("cpu") > size.vcpus * 1024) {
          yield finding(definition, "container_definitions");
        }
      }
    }
  },
};

const metadataBlocked: Rule = {
  id: "metadata-blocked-for-tasks",
  title:
    "Tasks in awsvpc mode cannot use the hosts' role. For tasks in host mode this is impossible to prevent",
  source: agentConfiguration,
  remedy: "ECS_AWSVPC_BLOCK_IMDS=true in the hosts' user data",
  check: (template) =>
    hostTemplates(template)
      .filter((hosts) => agentSetting("ECS_AWSVPC_BLOCK_IMDS", hosts) !== "true")
      .map((hosts) => finding(hosts, "user_data", userData(hosts))),
};

const pullOnce: Rule = {
  id: "pull-once-by-digest",
  title:
    "Hosts may pull an image only once if it has a digest: with a tag they would keep the first image. prefer-cached is not allowed, because it turns off image cleanup",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pull-behavior.html",
  remedy:
    "no ECS_IMAGE_PULL_BEHAVIOR, or once with <image>@sha256:... in all container definitions",
  *check(template) {
    for (const hosts of hostTemplates(template)) {
      const behaviour = agentSetting("ECS_IMAGE_PULL_BEHAVIOR", hosts) ?? "default";
      if (!["default", "always", "once"].includes(behaviour)) {
        yield finding(hosts, "user_data", userData(hosts));
      }
      if (behaviour !== "once") continue;
      yield* allContainersOf(template)
        .filter(({ body }) => !/@sha256:|^\$\{/.test(String(body["image"])))
        .map(({ definition, field }) => finding(definition, `${field}.image`));
    }
  },
};

const shellOnly: Rule = {
  id: "hosts-read-no-parameters",
  title: "The hosts' role allows only what the agent and a shell need. It cannot read parameters",
  source:
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html",
  remedy:
    "the four ssmmessages actions and ssm:UpdateInstanceInformation, not AmazonSSMManagedInstanceCore",
  *check(template) {
    yield* ofHostRoles(template, "aws_iam_role_policy_attachment")
      .filter(({ body }) => /\/AmazonSSM|\/AmazonEC2RoleforSSM/.test(text(body["policy_arn"])))
      .map((attachment) => finding(attachment, "policy_arn"));
    yield* ofHostRoles(template, "aws_iam_role_policy")
      .filter(({ body }) => statements(body["policy"]).some((each) => readsParameters(each)))
      .map((policy) => finding(policy, "policy"));
  },
};

function readsParameters(statement: Readonly<Record<string, unknown>>): boolean {
  const actions = [at(statement, "Action")].flat().map(String);
  return actions.some((action) => /^(\*|ssm:(\*|Get))/.test(action));
}

/** Settings and role of the ECS agent on created hosts. */
export const agentRules: readonly Rule[] = [
  memoryForTheHost,
  tasksFit,
  metadataBlocked,
  pullOnce,
  shellOnly,
];
