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
  title:
    "Tasks do not get all memory of a host: the agent, Docker and the tunnels to EFS need some",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html",
  remedy: "ECS_RESERVED_MEMORY=<MiB> in the hosts' user data",
  check: (template) =>
    hostTemplates(template)
      .filter((hosts) => !/^\d+$/.test(String(agentSetting("ECS_RESERVED_MEMORY", hosts))))
      .map((hosts) => finding(hosts, "user_data", userData(hosts))),
};

const tasksFit: Rule = {
  id: "tasks-fit-a-host",
  title:
    "A task's memory and CPU fit on one host: its memory is that of the instance type without what the platform takes and what is reserved",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html",
  remedy: "a smaller memory or cpu of the containers, or a larger instance_type",
  *check(template) {
    for (const hosts of hostTemplates(template)) {
      // Of a type that is newer than the tables nothing is known here.
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
  title: "Tasks in awsvpc mode cannot reach the hosts' role. Nothing stops tasks in host mode",
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
    "Hosts pull an image only once if it is named by digest: with a tag they would keep the first one. prefer-cached is refused: it turns off the clean-up of images",
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
  title: "The hosts' role allows only what the agent and a shell need: it reads no parameters",
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

/** What the agent of a created host gets, and what its role may do. */
export const agentRules: readonly Rule[] = [
  memoryForTheHost,
  tasksFit,
  metadataBlocked,
  pullOnce,
  shellOnly,
];
