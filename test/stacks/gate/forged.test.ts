import { describe, expect, it } from "vitest";
import {
  APP,
  atRevision5,
  become,
  change,
  configured,
  container,
  containersOf,
  create,
  declare,
  type Draft,
  ECS,
  everywhere,
  type Fields,
  find,
  type Forge,
  IMAGE,
  judged,
  keep,
  later,
  read,
  REDIS,
  REDIS_SERVICE,
  replace,
  runs,
  SERVICE,
  update,
  was,
  withTasks,
} from "./support/plans.ts";

// Plans that the gate must refuse: what was forged in a release, how, and a part of the reason.

type Row = readonly [what: string, forge: Forge, reason: string];

const unlike = (path: string): string => `${path} is not as in the environment`;
const changed = (path: string): string => `a release does not change ${path}`;
const unwritten = (path: string): string => `${path} is not written as in the environment`;
const APPS = "container_definitions.app";
const BOTH = ["before", "after"] as const;
const LINUX = '[{"linuxParameters":{"capabilities":{"add":["SYS_ADMIN"]}},';
const OTHER = "arn:aws:ecs:eu-central-1:999999999999";
const SECRET = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:other-abcdef";

/** The secrets of the app, changed. */
function secrets(
  draft: Draft,
  make: (password: { name: string; valueFrom: string }) => object[],
): void {
  const [app = {}] = containersOf(draft);
  const [password] = app["secrets"] as [{ name: string; valueFrom: string }];
  container(draft, { secrets: make(password) });
}

/** The variables of the app, with others in place of those with their names. */
function variables(draft: Draft, ...others: { name: string; [field: string]: string }[]): void {
  const [app = {}] = containersOf(draft);
  const own = app["environment"] as { name: string }[];
  const kept = own.filter(({ name }) => others.every((each) => each.name !== name));
  container(draft, { environment: [...kept, ...others] });
}

const actions = (draft: Draft, address: string, ...list: string[]): void => {
  change(draft, address).actions = list;
};

const settings = (draft: Draft, fields: Fields): void => {
  Object.assign(draft.configuration.provider_config["aws"]?.expressions ?? {}, fields);
};

/** A row for each value of a field that an app's container may not have. */
const inContainer = (fields: Readonly<Record<string, unknown>>): Row[] =>
  Object.entries(fields).map(([what, own]) => {
    const [field = ""] = Object.keys(own as object);
    return [what, (draft) => container(draft, own as Fields), `${APPS}.${field}`];
  });

const containers: Row[] = [
  ...inContainer({
    "all rights of the host": { privileged: true },
    "all rights, in another case": { Privileged: true },
    "the folders of another container": { volumesFrom: [{ sourceContainer: "redis" }] },
    "another port": { portMappings: [{ containerPort: 6379, hostPort: 6379 }] },
    "a fixed port of the host": {
      portMappings: [{ containerPort: 3000, hostPort: 3000, protocol: "tcp" }],
    },
    "variables from a file": { environmentFiles: [{ type: "s3", value: "arn" }] },
    "a higher hard memory limit": { memory: 65_536 },
    "no hard memory limit": { memory: null },
    "a memory reservation": { memoryReservation: 6 },
    "CPU that leaves no room for Redis": { cpu: 65_536 },
    "more CPU than any host has": { cpu: 1e21 },
    "CPU shares that are no number": { cpu: "128" },
    "a part of a CPU share": { cpu: 64.5 },
    "other CPU shares": { cpu: 64 },
    "no end of its time to stop": { stopTimeout: 1e12 },
    "less than no time to stop": { stopTimeout: -1 },
    "an hour to stop": { stopTimeout: 3600 },
    "a health check each second": { healthCheck: { command: ["CMD", "true"], interval: 1 } },
    "a field that ECS does not know": { nonsense: 1 },
    "a field that is off": { nonsense: false },
    "another user": { user: "root" },
    "a device of the host": { linuxParameters: { devices: [{ hostPath: "/dev/sda" }] } },
    "no init process": { linuxParameters: {} },
    "another log": { logConfiguration: { logDriver: "none" } },
    "another command": { command: ["sh"] },
    "another entry point": { entryPoint: ["sh"] },
    "a root file system to read": { readonlyRootFilesystem: true },
    "a container that may end": { essential: false },
    "another image than its parameter": { image: "other:1" },
    "an empty image": { image: "" },
    "no image": { image: null },
    "no password of Redis": { secrets: [] },
    "no variables": { environment: [] },
  }),
  [
    "a field of null in another case, which Go takes",
    (draft) => container(draft, { Memory: null }),
    "container_definitions has more than",
  ],
  [
    "an empty image, from its parameter",
    (draft) => (read(draft, ""), container(draft, { image: "" })),
    `${APPS}.image`,
  ],
  [
    "an image without a tag, from its parameter",
    (draft) => (read(draft, "app"), container(draft, { image: "app" })),
    `${APPS}.image is not an image`,
  ],
  [
    "fields that the image's parameter adds",
    (draft) => {
      read(draft, 'a:1","privileged":true,"user":"root');
      replace(
        draft,
        '"image":"registry.example/app:emulated-release"',
        '"image":"a:1","privileged":true,"user":"root"',
      );
    },
    `${APPS}.privileged is not as`,
  ],
  [
    "a second container",
    (draft) => replace(draft, "[{", '[{"name":"spy","image":"a:1"},{'),
    unlike("container_definitions.spy.image"),
  ],
  [
    "a container that looks like a field",
    (draft) => replace(draft, "[{", '[{"name":"app.image","privileged":true},{'),
    unlike(`${APPS}.image.privileged`),
  ],
  [
    "a container with another name",
    (draft) => container(draft, { name: "other" }),
    unlike(`${APPS}.cpu`),
  ],
  [
    "containers twice",
    (draft) => replace(draft, "[{", '[{"name":"app"},{'),
    "container_definitions",
  ],
  [
    "text that is no list of containers",
    (draft) => become(draft, APP, { container_definitions: "{}" }),
    unlike("container_definitions"),
  ],
  [
    "an object in place of the list",
    (draft) => (replace(draft, "[{", '{"app":{'), replace(draft, "}]", "}}")),
    "container_definitions",
  ],
  [
    "an object in place of a list of variables",
    (draft) =>
      container(draft, {
        environment: {
          AWS_REGION: { name: "AWS_REGION", value: "eu-central-1" },
          PORT: { name: "PORT", value: "3000" },
          REDIS_URL: { name: "REDIS_URL", value: "redis+srv://stg-redis.stg-ecs" },
        },
      }),
    "container_definitions has more than",
  ],
  [
    "containers that are known only after apply",
    (draft) => later(draft, APP, "container_definitions"),
    "container_definitions is known only after apply",
  ],
  [
    "a field twice, of which Go merges the first",
    (draft) => replace(draft, "[{", LINUX),
    unlike("container_definitions"),
  ],
  [
    "a field twice, in the revision that stays",
    (draft) => (keep(draft, APP), replace(draft, "[{", LINUX)),
    "container_definitions",
  ],
  [
    "a variable more",
    (draft) => variables(draft, { name: "LOG", value: "debug" }),
    unlike(`${APPS}.environment.LOG.name`),
  ],
  [
    "another port in PORT",
    (draft) => variables(draft, { name: "PORT", value: "1" }),
    unlike(`${APPS}.environment.PORT.value`),
  ],
  [
    "another Redis",
    (draft) => variables(draft, { name: "REDIS_URL", value: "redis://evil.example" }),
    unlike(`${APPS}.environment.REDIS_URL.value`),
  ],
  [
    "a password in a plain URL",
    (draft) => variables(draft, { name: "DB", value: "pg://a:hunter22@db" }),
    `${APPS}.environment.DB`,
  ],
  [
    "a variable with a third field",
    (draft) => variables(draft, { name: "PORT", value: "3000", Value: "1" }),
    `${APPS}.environment.PORT.Value`,
  ],
  [
    "a variable in place of its secret",
    (draft) => (
      variables(draft, { name: "REDIS_PASSWORD", value: "a" }),
      container(draft, { secrets: [] })
    ),
    `${APPS}.environment.REDIS_PASSWORD`,
  ],
  [
    "its secret from another place",
    (draft) => secrets(draft, (own) => [{ ...own, valueFrom: SECRET }]),
    `${APPS}.secrets.REDIS_PASSWORD.valueFrom`,
  ],
  [
    "its secret in another account",
    (draft) =>
      secrets(draft, (own) => [
        { ...own, valueFrom: own.valueFrom.replace("111111111111", "999999999999") },
      ]),
    `${APPS}.secrets.REDIS_PASSWORD.valueFrom`,
  ],
  [
    "the last password of Redis",
    (draft) => secrets(draft, (own) => [{ ...own, valueFrom: `${own.valueFrom}::AWSPREVIOUS:` }]),
    `${APPS}.secrets.REDIS_PASSWORD.valueFrom`,
  ],
  [
    "one version of its secret",
    (draft) => secrets(draft, (own) => [{ ...own, valueFrom: `${own.valueFrom}:::v1` }]),
    `${APPS}.secrets.REDIS_PASSWORD.valueFrom`,
  ],
  [
    "another key of its secret",
    (draft) =>
      secrets(draft, (own) => [own, { name: "USER", valueFrom: `${own.valueFrom}:user::` }]),
    `${APPS}.secrets.USER`,
  ],
  [
    "a secret more",
    (draft) => secrets(draft, (own) => [own, { name: "ADMIN", valueFrom: SECRET }]),
    `${APPS}.secrets.ADMIN`,
  ],
  [
    "a parameter as a secret",
    (draft) => secrets(draft, (own) => [own, { name: "P", valueFrom: "/prod/password" }]),
    `${APPS}.secrets.P`,
  ],
  [
    "a second spelling of a field of a secret",
    (draft) => secrets(draft, (own) => [{ ...own, ValueFrom: SECRET }]),
    `${APPS}.secrets.REDIS_PASSWORD.ValueFrom`,
  ],
  [
    "containers that use a sensitive value",
    (draft) => (change(draft, APP)["after_sensitive"] = { container_definitions: true }),
    "container_definitions becomes sensitive",
  ],
  [
    "nothing but sensitive values",
    (draft) => (change(draft, APP)["after_sensitive"] = true),
    "all of it becomes sensitive",
  ],
  [
    "all rights of the host, as it has",
    (draft) => container(draft, { privileged: true }, ...BOTH),
    unlike(`${APPS}.privileged`),
  ],
  [
    "more memory, as it has",
    (draft) => container(draft, { memory: 4096 }, ...BOTH),
    unlike(`${APPS}.memory`),
  ],
  [
    "another user until now",
    (draft) => container(draft, { user: "root" }, "before"),
    changed(`${APPS}.user`),
  ],
  [
    "another secret until now",
    (draft) => container(draft, { secrets: [] }, "before"),
    changed(`${APPS}.secrets.REDIS_PASSWORD.name`),
  ],
];

const definitions: Row[] = [
  [
    "the role of an admin",
    (draft) => become(draft, APP, { task_role_arn: "arn:aws:iam::111111111111:role/admin" }),
    unlike("task_role_arn"),
  ],
  [
    "the role of an admin, as it has",
    (draft) => everywhere(draft, APP, { task_role_arn: "arn:aws:iam::111111111111:role/admin" }),
    unlike("task_role_arn"),
  ],
  [
    "the role of another account",
    (draft) =>
      everywhere(draft, APP, { task_role_arn: "arn:aws:iam::999999999999:role/stg-app-task" }),
    unlike("task_role_arn"),
  ],
  [
    "a role of another account at the role's address",
    (draft) => {
      const arn = "arn:aws:iam::999999999999:role/stg-app-task";
      everywhere(draft, "aws_iam_role.app_roles_task", { arn });
      everywhere(draft, APP, { task_role_arn: arn });
    },
    unlike("task_role_arn"),
  ],
  ["no role", (draft) => become(draft, APP, { task_role_arn: null }), unlike("task_role_arn")],
  [
    "a role that the plan does not have",
    (draft) => {
      draft.resource_changes = draft.resource_changes.filter(
        ({ address }) => address !== "aws_iam_role.app_roles_task",
      );
      everywhere(draft, APP, { task_role_arn: null });
    },
    unlike("task_role_arn"),
  ],
  [
    "a list in place of a role",
    (draft) => become(draft, APP, { task_role_arn: [] }),
    unlike("task_role_arn"),
  ],
  [
    "the network of the host",
    (draft) => become(draft, APP, { network_mode: "host" }),
    unlike("network_mode"),
  ],
  [
    "the network of the host, hidden by unknown values",
    (draft) => (
      become(draft, APP, { network_mode: "host" }),
      Object.assign(change(draft, APP).after_unknown, { network_mode: {} })
    ),
    unlike("network_mode"),
  ],
  [
    "the processes of the host",
    (draft) => become(draft, APP, { pid_mode: "host" }),
    unlike("pid_mode"),
  ],
  [
    "the disk of the host",
    (draft) => become(draft, APP, { volume: [{ name: "root", host_path: "/" }] }),
    unlike("volume.host_path"),
  ],
  [
    "the disk of the host, as it has",
    (draft) => everywhere(draft, APP, { volume: [{ name: "root", host_path: "/" }] }),
    unlike("volume.host_path"),
  ],
  [
    "a revision that is deregistered",
    (draft) => everywhere(draft, APP, { skip_destroy: false }),
    unlike("skip_destroy"),
  ],
  ["no tags", (draft) => become(draft, APP, { tags: {}, tags_all: {} }), unlike("tags.Name")],
  [
    "another tag",
    (draft) => become(draft, APP, { tags: { Name: "stg-app", Team: "games" } }),
    unlike("tags.Team"),
  ],
  [
    "a sensitive value in a tag",
    (draft) => (change(draft, APP)["after_sensitive"] = { tags: { "a.b": true } }),
    "tags.a.b becomes sensitive",
  ],
  [
    "tags that are known only after apply",
    (draft) => later(draft, APP, "tags"),
    "tags is known only after apply",
  ],
  [
    "fault injection",
    (draft) => (
      become(draft, APP, { enable_fault_injection: true }),
      (change(draft, APP).after_unknown["enable_fault_injection"] = false)
    ),
    unlike("enable_fault_injection"),
  ],
  [
    "fault injection that is stated",
    (draft) =>
      Object.assign(configured(draft, APP).expressions, {
        enable_fault_injection: { constant_value: '${startswith(timestamp(), "2")}' },
      }),
    unwritten("enable_fault_injection"),
  ],
  ["another family", (draft) => become(draft, APP, { family: "stg-redis" }), unlike("family")],
  [
    "the id of Redis' definition",
    (draft) => was(draft, APP, { id: "stg-redis" }),
    "its id is not that of stg-app",
  ],
  [
    "the ARN of another account",
    (draft) => was(draft, APP, { arn: `${OTHER}:task-definition/stg-app:1` }),
    "its arn is not that of stg-app",
  ],
  [
    "an end",
    (draft) => Object.assign(change(draft, APP), { actions: ["delete"], after: null }),
    "a release does not delete this aws_ecs_task_definition",
  ],
  [
    "a new one, while the old one is forgotten",
    (draft) => actions(draft, APP, "create", "forget"),
    "a release does not forget this aws_ecs_task_definition",
  ],
  [
    "a change that a later apply makes",
    (draft) => (find(draft, APP)["deposed"] = "ab12cd34"),
    "a release does not replace this aws_ecs_task_definition",
  ],
  [
    "an old revision that is deregistered after a failed release",
    (draft) => {
      const before = { ...change(draft, APP).before, skip_destroy: false };
      const gone = { actions: ["delete"], before, after: null, after_unknown: {} };
      draft.resource_changes.push({ ...find(draft, APP), deposed: "ab12cd34", change: gone });
    },
    "a release does not delete this aws_ecs_task_definition",
  ],
  [
    "a replacement because the last apply failed",
    (draft) => (find(draft, APP)["action_reason"] = "replace_because_tainted"),
    "for the reason replace_because_tainted",
  ],
  [
    "a replacement because another resource changes",
    (draft) => (find(draft, APP)["action_reason"] = "replace_by_triggers"),
    "for the reason replace_by_triggers",
  ],
  [
    "a new definition, while the service stays",
    (draft) => keep(draft, SERVICE),
    unlike("task_definition"),
  ],
];

const ARN = "task_definition";
const services: Row[] = [
  ["no tasks", (draft) => become(draft, SERVICE, { desired_count: 0 }), unlike("desired_count")],
  [
    "40 tasks, as it has",
    (draft) => everywhere(draft, SERVICE, { desired_count: 40 }),
    unlike("desired_count"),
  ],
  [
    "a number of tasks that is known only after apply",
    (draft) => later(draft, SERVICE, "desired_count"),
    "desired_count is known only after apply",
  ],
  [
    "another network",
    (draft) => become(draft, SERVICE, { network_configuration: [{ subnets: ["subnet-1"] }] }),
    unlike("network_configuration.subnets.0"),
  ],
  [
    "a shell in its tasks",
    (draft) => become(draft, SERVICE, { enable_execute_command: true }),
    unlike("enable_execute_command"),
  ],
  [
    "a shell in its tasks, as it has",
    (draft) => everywhere(draft, SERVICE, { enable_execute_command: true }),
    unlike("enable_execute_command"),
  ],
  [
    "no shell any more",
    (draft) => was(draft, SERVICE, { enable_execute_command: true }),
    changed("enable_execute_command"),
  ],
  [
    "a new deployment",
    (draft) => become(draft, SERVICE, { force_new_deployment: true }),
    unlike("force_new_deployment"),
  ],
  [
    "another load balancer",
    (draft) => everywhere(draft, SERVICE, { load_balancer: [] }),
    "load_balancer",
  ],
  [
    "no circuit breaker",
    (draft) =>
      everywhere(draft, SERVICE, {
        deployment_circuit_breaker: [{ enable: false, rollback: false }],
      }),
    unlike("deployment_circuit_breaker.enable"),
  ],
  [
    "all old tasks stopped first",
    (draft) => everywhere(draft, SERVICE, { deployment_minimum_healthy_percent: 0 }),
    unlike("deployment_minimum_healthy_percent"),
  ],
  [
    "another order of placement",
    (draft) =>
      everywhere(draft, SERVICE, { ordered_placement_strategy: [{ type: "random", field: "" }] }),
    "ordered_placement_strategy",
  ],
  [
    "no wait for its tasks",
    (draft) => everywhere(draft, SERVICE, { wait_for_steady_state: false }),
    unlike("wait_for_steady_state"),
  ],
  [
    "a role of its own",
    (draft) => everywhere(draft, SERVICE, { iam_role: "admin" }),
    unlike("iam_role"),
  ],
  [
    "another cluster",
    (draft) => become(draft, SERVICE, { cluster: `${ECS}:cluster/other` }),
    unlike("cluster"),
  ],
  [
    "another cluster, as it has",
    (draft) => everywhere(draft, SERVICE, { cluster: `${ECS}:cluster/other` }),
    "its cluster is not that of stg-app",
  ],
  [
    "another cluster at the cluster's address",
    (draft) => {
      everywhere(draft, "aws_ecs_cluster.cluster_ecs", { arn: `${ECS}:cluster/other` });
      everywhere(draft, SERVICE, { cluster: `${ECS}:cluster/other` });
    },
    "its cluster is not that of stg-app",
  ],
  [
    "a cluster of another account",
    (draft) => everywhere(draft, SERVICE, { cluster: `${OTHER}:cluster/stg` }),
    "its cluster is not that of stg-app",
  ],
  [
    "the name of Redis",
    (draft) => everywhere(draft, SERVICE, { name: "stg-redis" }),
    unlike("name"),
  ],
  [
    "the id of Redis' service",
    (draft) => everywhere(draft, SERVICE, { id: `${ECS}:service/stg/stg-redis` }),
    "its id is not that of stg-app",
  ],
  [
    "no id",
    (draft) => everywhere(draft, SERVICE, { id: undefined }),
    "its id is not that of stg-app",
  ],
  [
    "the id of a service of another cluster",
    (draft) => everywhere(draft, SERVICE, { id: `${ECS}:service/other/stg-app` }),
    "its id is not that of stg-app",
  ],
  [
    "an id of another region",
    (draft) =>
      everywhere(draft, SERVICE, { id: "arn:aws:ecs:us-east-1:111111111111:service/stg/stg-app" }),
    "its id is not that of stg-app",
  ],
  [
    "the definition of Redis",
    (draft) => runs(draft, `${ECS}:task-definition/stg-redis:1`),
    unlike(ARN),
  ],
  [
    "a definition of another account",
    (draft) => runs(draft, `${OTHER}:task-definition/stg-app:1`),
    unlike(ARN),
  ],
  [
    "a newer revision, which something else registered",
    (draft) => (atRevision5(draft), runs(draft, `${ECS}:task-definition/stg-app:6`)),
    unlike(ARN),
  ],
  [
    "an older revision, which the plan does not show",
    (draft) => (atRevision5(draft), runs(draft, `${ECS}:task-definition/stg-app:3`)),
    unlike(ARN),
  ],
  ["the newest revision, whichever that is", (draft) => runs(draft, "stg-app"), unlike(ARN)],
  [
    "the revision of the plan, but written as an ARN",
    (draft) => {
      const arn = atRevision5(draft);
      keep(draft, APP);
      runs(draft, arn);
      was(draft, SERVICE, { task_definition: `${ECS}:task-definition/stg-app:4` });
      Object.assign(configured(draft, SERVICE).expressions, {
        task_definition: { constant_value: arn },
      });
    },
    unwritten(ARN),
  ],
  [
    "a revision whose text the plan does not have",
    (draft) => Reflect.deleteProperty(configured(draft, SERVICE).expressions, ARN),
    unwritten(ARN),
  ],
  [
    "a revision that is calculated during apply",
    (draft) =>
      Object.assign(configured(draft, SERVICE).expressions, {
        task_definition: { constant_value: `${ECS}:task-definition/evil:\${length(uuid())}` },
      }),
    unwritten(ARN),
  ],
  [
    "a replacement",
    (draft) => actions(draft, SERVICE, "create", "delete"),
    "a release does not replace this aws_ecs_service",
  ],
  [
    "a replacement by request",
    (draft) => (
      actions(draft, SERVICE, "delete", "create"),
      (find(draft, SERVICE)["action_reason"] = "replace_by_request")
    ),
    "a release does not replace this aws_ecs_service",
  ],
  [
    "an import",
    (draft) => (change(draft, SERVICE)["importing"] = { id: "stg/stg-app" }),
    "a release does not import this aws_ecs_service",
  ],
  [
    "a move",
    (draft) => (find(draft, SERVICE)["previous_address"] = "aws_ecs_service.other"),
    "a release does not move this aws_ecs_service",
  ],
  [
    "an unknown action",
    (draft) => actions(draft, SERVICE, "explode"),
    "a release does not explode this aws_ecs_service",
  ],
];

const others: Row[] = [
  [
    "a new revision of Redis",
    (draft) => actions(draft, REDIS, "delete", "create"),
    "not the app's resource",
  ],
  [
    "a change of Redis' service",
    (draft) => update(draft, REDIS_SERVICE, { desired_count: 2 }),
    "not the app's resource",
  ],
  [
    "a new rule of a security group",
    (draft) => create(draft, "aws_vpc_security_group_ingress_rule.open"),
    "not the app's resource",
  ],
  [
    "the app's family at another address",
    (draft) => (
      create(draft, "aws_ecs_task_definition.copy", { family: "stg-app" }, "no-op"),
      update(draft, "aws_ecs_task_definition.copy", { cpu: "2" })
    ),
    "not the app's resource",
  ],
  [
    "a resource that changes without an action",
    (draft) => (
      update(draft, REDIS_SERVICE, { desired_count: 2 }),
      actions(draft, REDIS_SERVICE, "no-op")
    ),
    "is unchanged by its action, not by its values",
  ],
  ["an error", (draft) => (draft["errored"] = true), "planning ended with an error"],
  [
    "a part missing",
    (draft) => (draft["complete"] = false),
    "incomplete: another plan must follow",
  ],
  ["no way to apply it", (draft) => (draft["applyable"] = false), "cannot be applied"],
  [
    "a deferred change",
    (draft) => (draft["deferred_changes"] = [{ resource_change: { address: "aws_iam_role.x" } }]),
    "deferred to a later plan",
  ],
  [
    "the app's service dropped from the list",
    (draft) =>
      (draft.resource_changes = draft.resource_changes.filter(
        ({ address }) => address !== SERVICE,
      )),
    `it has no stg-app at ${SERVICE}`,
  ],
  [
    "no resources, as with -refresh-only",
    (draft) => (draft.resource_changes = []),
    "lists no resources, like a plan with -refresh-only",
  ],
  [
    "a resource twice",
    (draft) => draft.resource_changes.push(structuredClone(find(draft, SERVICE))),
    "is in the plan twice",
  ],
  [
    "other planned values than changes",
    (draft) =>
      (draft["planned_values"] = {
        root_module: {
          resources: [
            { address: SERVICE, values: { ...change(draft, SERVICE).after, desired_count: 0 } },
          ],
        },
      }),
    "planned_values and resource_changes differ",
  ],
  [
    "planned values without a change",
    (draft) =>
      (draft["planned_values"] = {
        root_module: { resources: [{ address: "aws_iam_role.admin", values: {} }] },
      }),
    "planned_values and resource_changes differ",
  ],
  [
    "an unknown field of a resource's change",
    (draft) => Object.assign(find(draft, REDIS_SERVICE), { action_triggers: [{}] }),
    "unknown here: action_triggers",
  ],
  [
    "an unknown field of a change",
    (draft) => (change(draft, REDIS_SERVICE)["invoking"] = {}),
    "unknown here: invoking",
  ],
  [
    "a command beside the app's definition",
    (draft) => (configured(draft, APP)["provisioners"] = [{ type: "local-exec" }]),
    "runs the provisioner local-exec",
  ],
  [
    "a command beside an unchanged service",
    (draft) => (configured(draft, REDIS_SERVICE)["provisioners"] = [{ type: "remote-exec" }]),
    "runs the provisioner remote-exec",
  ],
  [
    "a new terraform_data",
    (draft) => create(draft, "terraform_data.run"),
    "not the app's resource",
  ],
  [
    "a program as a data source",
    (draft) => declare(draft, "data.external.run"),
    "data.external.run: the environment does not have it",
  ],
  [
    "a request as a data source, at apply",
    (draft) => create(draft, "data.http.call", {}, "read"),
    "is read by apply",
  ],
  [
    "the image, read at apply",
    (draft) =>
      draft.resource_changes.push({
        address: IMAGE,
        mode: "data",
        type: "aws_ssm_parameter",
        change: { actions: ["read"], before: null, after: {}, after_unknown: {} },
      }),
    "is read by apply",
  ],
  [
    "another parameter for the image",
    (draft) =>
      (configured(draft, IMAGE).expressions = { name: { constant_value: "/stg/redis/password" } }),
    unwritten("name"),
  ],
  [
    "a parameter whose name the plan does not have",
    (draft) => (configured(draft, IMAGE).expressions = {}),
    unwritten("name"),
  ],
  [
    "a new ephemeral resource",
    (draft) => declare(draft, "ephemeral.aws_lambda_invocation.run"),
    "the environment does not have it",
  ],
  [
    "a name that every object of JavaScript has",
    (draft) => declare(draft, "data.constructor.name"),
    "data.constructor.name: the environment does not have",
  ],
  [
    "an unknown field of a configured resource",
    (draft) => (configured(draft, APP)["action_triggers"] = [{}]),
    "unknown here: action_triggers",
  ],
  [
    "several of the app's definition",
    (draft) => (configured(draft, APP)["count_expression"] = {}),
    "unknown here: count_expression",
  ],
  [
    "a new output",
    (draft) => (draft.configuration.root_module["outputs"] = { password: {} }),
    "output password: the environment does not have it",
  ],
  [
    "an output with another value",
    (draft) => (draft["output_changes"] = { app_url: { actions: ["update"] } }),
    "changes outputs",
  ],
  [
    "a variable",
    (draft) => (draft.configuration.root_module["variables"] = { image: {} }),
    "variable image: the environment does not have it",
  ],
  [
    "the value of a variable",
    (draft) => (draft["variables"] = { image: { value: "a" } }),
    "variable image: the environment does not have it",
  ],
  [
    "a module",
    (draft) => (draft.configuration.root_module["module_calls"] = { tools: {} }),
    "module tools: the environment does not have it",
  ],
  [
    "a check block",
    (draft) => (draft["checks"] = [{ address: { to_display: "check.health" } }]),
    "has checks",
  ],
  [
    "an action",
    (draft) => (draft["action_invocations"] = [{ address: "action.a.run" }]),
    "invokes actions",
  ],
  [
    "an action of a later plan",
    (draft) => (draft["deferred_action_invocations"] = [{ action_invocation: {} }]),
    "invokes actions",
  ],
  [
    "a new part of the module",
    (draft) => (draft.configuration.root_module["actions"] = [{}]),
    "unknown here: actions",
  ],
  [
    "a new part of the configuration",
    (draft) => (draft.configuration["hooks"] = {}),
    "unknown here: hooks",
  ],
  [
    "a new part of the plan that invokes something",
    (draft) => (draft["invocations"] = []),
    "unknown here: invocations",
  ],
  [
    "a new part of the plan with actions in it",
    (draft) => (draft["extras"] = [{ actions: ["run"] }]),
    "unknown here: extras",
  ],
  [
    "no configuration",
    (draft) => Reflect.deleteProperty(draft, "configuration"),
    "has no configuration",
  ],
  [
    "a configuration without Redis",
    (draft) =>
      (draft.configuration.root_module.resources = draft.configuration.root_module.resources.filter(
        ({ address }) => address !== REDIS_SERVICE,
      )),
    "is not in the plan's configuration",
  ],
];

const NOT_SHOWN = { role_arn: {} };
const providers: Row[] = [
  [
    "a second provider for another region",
    (draft) =>
      (draft.configuration.provider_config["aws.other"] = { alias: "other", expressions: {} }),
    "provider aws.other: the environment does not have it",
  ],
  [
    "the app's service in another provider",
    (draft) => (configured(draft, SERVICE)["provider_config_key"] = "aws.other"),
    unwritten("provider"),
  ],
  [
    "a service of a program from elsewhere",
    (draft) => (find(draft, SERVICE)["provider_name"] = "registry.terraform.io/evil/aws"),
    "uses the provider registry.terraform.io/evil/aws",
  ],
  [
    "a program from elsewhere",
    (draft) =>
      Object.assign(draft.configuration.provider_config["aws"] ?? {}, {
        full_name: "registry.terraform.io/evil/aws",
      }),
    "provider aws: uses the provider registry.terraform.io/evil/aws",
  ],
  [
    "another program of the registry",
    (draft) =>
      Object.assign(draft.configuration.provider_config["aws"] ?? {}, {
        full_name: "registry.terraform.io/hashicorp/random",
      }),
    "provider aws: uses the provider registry",
  ],
  [
    "an unknown field of a provider",
    (draft) =>
      Object.assign(draft.configuration.provider_config["aws"] ?? {}, { for_each_expression: {} }),
    "provider aws: has fields that are unknown here",
  ],
  [
    "another endpoint",
    (draft) =>
      settings(draft, { endpoints: [{ ecs: { constant_value: "https://evil.example" } }] }),
    unwritten("endpoints.ecs"),
  ],
  [
    "a default tag whose name has a dot",
    (draft) => settings(draft, { default_tags: [{ tags: { constant_value: { "a.b": "c" } } }] }),
    unwritten("default_tags.tags.a.b"),
  ],
  [
    "no default tags",
    (draft) => settings(draft, { default_tags: undefined }),
    unwritten("default_tags.tags.Environment"),
  ],
  [
    "a role that a function gives: Terraform writes {} for it",
    (draft) => settings(draft, { assume_role: [NOT_SHOWN] }),
    unwritten("assume_role.role_arn"),
  ],
  [
    "a profile that a function gives",
    (draft) => settings(draft, { profile: {} }),
    unwritten("profile"),
  ],
  [
    "another account",
    (draft) => settings(draft, { allowed_account_ids: { constant_value: ["999999999999"] } }),
    unwritten("allowed_account_ids.0"),
  ],
  [
    "any account",
    (draft) => settings(draft, { allowed_account_ids: undefined }),
    unwritten("allowed_account_ids.0"),
  ],
  [
    "an empty list of accounts",
    (draft) => settings(draft, { allowed_account_ids: { constant_value: [] } }),
    unwritten("allowed_account_ids.0"),
  ],
  [
    "the region of the machine",
    (draft) => settings(draft, { region: undefined }),
    unwritten("region"),
  ],
  [
    "a region that the plan does not show",
    (draft) => settings(draft, { region: { references: ["local.region"] } }),
    "provider aws: region",
  ],
  [
    "no settings of providers",
    (draft) => Reflect.deleteProperty(draft.configuration, "provider_config"),
    unwritten("region"),
  ],
  [
    "access keys",
    (draft) => settings(draft, { access_key: { constant_value: "AKIA" } }),
    unwritten("access_key"),
  ],
];

describe.each([
  ["containers of the app", containers],
  ["a definition of the app", definitions],
  ["a service of the app", services],
  ["a plan", others],
  ["providers", providers],
])("the gate refuses %s with", (_, rows) => {
  it.each(rows)("%s", (_what, forge, reason) => {
    const { exit, said } = judged(forge);
    expect(said).toContain(reason);
    expect(exit).toBe(1);
  });
});

describe("the gate refuses a plan of an environment with tasks for", () => {
  const CLEAN_UP = "aws_ecs_task_definition.tasks_clean_up_task_definition";
  const MIGRATE = "aws_ecs_task_definition.tasks_migrate_task_definition";
  const SCHEDULE = "aws_scheduler_schedule.tasks_clean_up_schedule";
  const TASK = "target.ecs_parameters.task_definition_arn";

  /** Changes the target of the schedule. */
  const target =
    (fields: Fields, parameters: Fields = {}, ...states: ("before" | "after")[]): Forge =>
    (draft) => {
      for (const state of states.length === 0 ? (["after"] as const) : states) {
        const [own] = (change(draft, SCHEDULE)[state] ?? {})["target"] as [Fields];
        Object.assign(own, fields);
        Object.assign((own["ecs_parameters"] as [Fields])[0], parameters);
      }
    };
  const starts =
    (family: string): Forge =>
    (draft) => {
      const arn = `arn:aws:ecs:eu-central-1:333333333333:task-definition/${family}`;
      target({}, { task_definition_arn: arn })(draft);
      change(draft, SCHEDULE).after_unknown = {};
    };

  it.each<Row>([
    [
      "a network mode that apply knows",
      (draft) => later(draft, MIGRATE, "network_mode"),
      "network_mode is known only after apply",
    ],
    [
      "a volume",
      (draft) => become(draft, CLEAN_UP, { volume: [{ name: "a", host_path: "/" }] }),
      unlike("volume.host_path"),
    ],
    ["the definition of Redis", starts("with-tasks-redis:1"), unlike(TASK)],
    ["another task", starts("with-tasks-migrate:1"), unlike(TASK)],
    [
      "an older revision",
      (draft) => (keep(draft, CLEAN_UP), starts("with-tasks-clean-up:0")(draft)),
      unlike(TASK),
    ],
    [
      "another cluster",
      target({ arn: "arn:aws:ecs:eu-central-1:333333333333:cluster/other" }, {}, ...BOTH),
      "its target.arn is not that of with-tasks-clean-up",
    ],
    [
      "a dynamic block, which a plan does not show",
      (draft) => Reflect.deleteProperty(configured(draft, SCHEDULE).expressions, "target"),
      unwritten("target.arn"),
    ],
    [
      "the id of another schedule",
      (draft) => everywhere(draft, SCHEDULE, { id: "default/with-tasks-copy-redis" }),
      "its id is not that of with-tasks-clean-up",
    ],
    [
      "a role of another account",
      target({ role_arn: "arn:aws:iam::999999999999:role/admin" }, {}, ...BOTH),
      unlike("target.role_arn"),
    ],
    ["other input", target({ input: "{}" }, {}, ...BOTH), unlike("target.input")],
    [
      "another number of tasks",
      target({}, { task_count: 2 }),
      unlike("target.ecs_parameters.task_count"),
    ],
    [
      "another time",
      (draft) => become(draft, SCHEDULE, { schedule_expression: "rate(1 minute)" }),
      unlike("schedule_expression"),
    ],
    [
      "a schedule that is replaced",
      (draft) => actions(draft, SCHEDULE, "delete", "create"),
      "a release does not replace this aws_scheduler_schedule",
    ],
    ["a schedule that stays at its revision", (draft) => keep(draft, SCHEDULE), unlike(TASK)],
    [
      "a new revision of Redis",
      (draft) => actions(draft, REDIS, "create", "delete"),
      "not the app's resource",
    ],
  ])("%s", (_, forge, reason) => {
    const { exit, said } = judged(forge, "with-tasks");
    expect(said).toContain(reason);
    expect(exit).toBe(1);
  });

  it("tasks that the environment does not have", () => {
    const { tasks: _tasks, ...without } = withTasks["with-tasks"];
    const { exit, said } = judged(() => {}, "with-tasks", { "with-tasks": without });
    for (const address of [CLEAN_UP, MIGRATE, SCHEDULE]) expect(said).toContain(`✗ ${address}`);
    expect(exit).toBe(1);
  });
});
