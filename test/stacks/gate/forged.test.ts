import { describe, expect, it } from "vitest";
import * as plans from "./support/plans.ts";
import {
  APP,
  containersOf,
  type Draft,
  ECS,
  type Fields,
  type Forge,
  IMAGE,
} from "./support/plans.ts";
import { judged, REDIS, REDIS_SERVICE, SERVICE, withTasks } from "./support/plans.ts";

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

/** A change of a draft with these arguments. */
const forge =
  <Args extends unknown[]>(act: (draft: Draft, ...args: Args) => unknown) =>
  (...args: Args): Forge =>
  (draft) =>
    void act(draft, ...args);

const become = forge(plans.become);
const everywhere = forge(plans.everywhere);
const was = forge(plans.was);
const later = forge(plans.later);
const create = forge(plans.create);
const declare = forge(plans.declare);
const update = forge(plans.update);
const keep = forge(plans.keep);
const replace = forge(plans.replace);
const container = forge(plans.container);
const runs = forge(plans.runs);
const read = forge(plans.read);
const atRevision5 = forge(plans.atRevision5);
const all =
  (...forges: readonly Forge[]): Forge =>
  (draft) =>
    forges.forEach((each) => each(draft));

const planHas = forge((draft, fields: Fields) => Object.assign(draft, fields));
const rootHas = forge((draft, fields: Fields) =>
  Object.assign(draft.configuration.root_module, fields),
);
const changeHas = forge((draft, address: string, fields: Fields) =>
  Object.assign(plans.change(draft, address), fields),
);
const resourceHas = forge((draft, address: string, fields: Fields) =>
  Object.assign(plans.find(draft, address), fields),
);
const configuredHas = forge((draft, address: string, fields: Fields) =>
  Object.assign(plans.configured(draft, address), fields),
);
const writes = forge((draft, address: string, fields: Fields) =>
  Object.assign(plans.configured(draft, address).expressions, fields),
);
const providerHas = forge((draft, fields: Fields) =>
  Object.assign(draft.configuration.provider_config["aws"] ?? {}, fields),
);
const settings = forge((draft, fields: Fields) =>
  Object.assign(draft.configuration.provider_config["aws"]?.expressions ?? {}, fields),
);
const actions = forge((draft, address: string, ...list: string[]) => {
  plans.change(draft, address).actions = list;
});

/** The secrets of the app, changed. */
const secrets = forge(
  (draft, make: (password: { name: string; valueFrom: string }) => object[]) => {
    const [app = {}] = containersOf(draft);
    const [password] = app["secrets"] as [{ name: string; valueFrom: string }];
    plans.container(draft, { secrets: make(password) });
  },
);

/** The variables of the app, with others in place of those with their names. */
const variables = forge((draft, ...others: { name: string; [field: string]: string }[]) => {
  const [app = {}] = containersOf(draft);
  const own = app["environment"] as { name: string }[];
  const kept = own.filter(({ name }) => others.every((each) => each.name !== name));
  plans.container(draft, { environment: [...kept, ...others] });
});

/** A row for each value of a field that an app's container may not have. */
const inContainer = (fields: Readonly<Record<string, unknown>>): Row[] =>
  Object.entries(fields).map(([what, own]) => {
    const [field = ""] = Object.keys(own as object);
    return [what, container(own as Fields), `${APPS}.${field}`];
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
    container({ Memory: null }),
    "container_definitions has more than",
  ],
  ["an empty image, from its parameter", all(read(""), container({ image: "" })), `${APPS}.image`],
  [
    "an image without a tag, from its parameter",
    all(read("app"), container({ image: "app" })),
    `${APPS}.image is not an image`,
  ],
  [
    "fields that the image's parameter adds",
    (draft) => {
      plans.read(draft, 'a:1","privileged":true,"user":"root');
      plans.replace(
        draft,
        '"image":"registry.example/app:emulated-release"',
        '"image":"a:1","privileged":true,"user":"root"',
      );
    },
    `${APPS}.privileged is not as`,
  ],
  [
    "a second container",
    replace("[{", '[{"name":"spy","image":"a:1"},{'),
    unlike("container_definitions.spy.image"),
  ],
  [
    "a container that looks like a field",
    replace("[{", '[{"name":"app.image","privileged":true},{'),
    unlike(`${APPS}.image.privileged`),
  ],
  ["a container with another name", container({ name: "other" }), unlike(`${APPS}.cpu`)],
  ["containers twice", replace("[{", '[{"name":"app"},{'), "container_definitions"],
  [
    "text that is no list of containers",
    become(APP, { container_definitions: "{}" }),
    unlike("container_definitions"),
  ],
  [
    "an object in place of a list of variables",
    container({
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
    later(APP, "container_definitions"),
    "container_definitions is known only after apply",
  ],
  [
    "a field twice, of which Go merges the first",
    replace("[{", LINUX),
    unlike("container_definitions"),
  ],
  [
    "a field twice, in the revision that stays",
    all(keep(APP), replace("[{", LINUX)),
    "container_definitions",
  ],
  [
    "another port in PORT",
    variables({ name: "PORT", value: "1" }),
    unlike(`${APPS}.environment.PORT.value`),
  ],
  [
    "another Redis",
    variables({ name: "REDIS_URL", value: "redis://evil.example" }),
    unlike(`${APPS}.environment.REDIS_URL.value`),
  ],
  [
    "a password in a plain URL",
    variables({ name: "DB", value: "pg://a:hunter22@db" }),
    `${APPS}.environment.DB`,
  ],
  [
    "a variable with a third field",
    variables({ name: "PORT", value: "3000", Value: "1" }),
    `${APPS}.environment.PORT.Value`,
  ],
  [
    "a variable in place of its secret",
    all(variables({ name: "REDIS_PASSWORD", value: "a" }), container({ secrets: [] })),
    `${APPS}.environment.REDIS_PASSWORD`,
  ],
  [
    "its secret from another place",
    secrets((own) => [{ ...own, valueFrom: SECRET }]),
    `${APPS}.secrets.REDIS_PASSWORD.valueFrom`,
  ],
  [
    "the last password of Redis",
    secrets((own) => [{ ...own, valueFrom: `${own.valueFrom}::AWSPREVIOUS:` }]),
    `${APPS}.secrets.REDIS_PASSWORD.valueFrom`,
  ],
  [
    "one version of its secret",
    secrets((own) => [{ ...own, valueFrom: `${own.valueFrom}:::v1` }]),
    `${APPS}.secrets.REDIS_PASSWORD.valueFrom`,
  ],
  [
    "a secret more",
    secrets((own) => [own, { name: "ADMIN", valueFrom: SECRET }]),
    `${APPS}.secrets.ADMIN`,
  ],
  [
    "a second spelling of a field of a secret",
    secrets((own) => [{ ...own, ValueFrom: SECRET }]),
    `${APPS}.secrets.REDIS_PASSWORD.ValueFrom`,
  ],
  [
    "containers that use a sensitive value",
    changeHas(APP, { after_sensitive: { container_definitions: true } }),
    "container_definitions becomes sensitive",
  ],
  [
    "nothing but sensitive values",
    changeHas(APP, { after_sensitive: true }),
    "all of it becomes sensitive",
  ],
  [
    "all rights of the host, as it has",
    container({ privileged: true }, ...BOTH),
    unlike(`${APPS}.privileged`),
  ],
  ["another user until now", container({ user: "root" }, "before"), changed(`${APPS}.user`)],
];

const definitions: Row[] = [
  [
    "the role of an admin",
    become(APP, { task_role_arn: "arn:aws:iam::111111111111:role/admin" }),
    unlike("task_role_arn"),
  ],
  [
    "the role of an admin, as it has",
    everywhere(APP, { task_role_arn: "arn:aws:iam::111111111111:role/admin" }),
    unlike("task_role_arn"),
  ],
  [
    "a role of another account at the role's address",
    (draft) => {
      const arn = "arn:aws:iam::999999999999:role/stg-app-task";
      plans.everywhere(draft, "aws_iam_role.app_roles_task", { arn });
      plans.everywhere(draft, APP, { task_role_arn: arn });
    },
    unlike("task_role_arn"),
  ],
  ["no role", become(APP, { task_role_arn: null }), unlike("task_role_arn")],
  [
    "a role that the plan does not have",
    (draft) => {
      draft.resource_changes = draft.resource_changes.filter(
        ({ address }) => address !== "aws_iam_role.app_roles_task",
      );
      plans.everywhere(draft, APP, { task_role_arn: null });
    },
    unlike("task_role_arn"),
  ],
  ["a list in place of a role", become(APP, { task_role_arn: [] }), unlike("task_role_arn")],
  ["the network of the host", become(APP, { network_mode: "host" }), unlike("network_mode")],
  [
    "the network of the host, hidden by unknown values",
    all(
      become(APP, { network_mode: "host" }),
      changeHas(APP, { after_unknown: { network_mode: {} } }),
    ),
    unlike("network_mode"),
  ],
  ["the processes of the host", become(APP, { pid_mode: "host" }), unlike("pid_mode")],
  [
    "the disk of the host, as it has",
    everywhere(APP, { volume: [{ name: "root", host_path: "/" }] }),
    unlike("volume.host_path"),
  ],
  [
    "a revision that is deregistered",
    everywhere(APP, { skip_destroy: false }),
    unlike("skip_destroy"),
  ],
  ["no tags", become(APP, { tags: {}, tags_all: {} }), unlike("tags.Name")],
  ["another tag", become(APP, { tags: { Name: "stg-app", Team: "games" } }), unlike("tags.Team")],
  [
    "a sensitive value in a tag",
    changeHas(APP, { after_sensitive: { tags: { "a.b": true } } }),
    "tags.a.b becomes sensitive",
  ],
  ["tags that are known only after apply", later(APP, "tags"), "tags is known only after apply"],
  [
    "fault injection that is stated",
    writes(APP, {
      enable_fault_injection: { constant_value: '${startswith(timestamp(), "2")}' },
    }),
    unwritten("enable_fault_injection"),
  ],
  ["another family", become(APP, { family: "stg-redis" }), unlike("family")],
  ["the id of Redis' definition", was(APP, { id: "stg-redis" }), "its id is not that of stg-app"],
  [
    "the ARN of another account",
    was(APP, { arn: `${OTHER}:task-definition/stg-app:1` }),
    "its arn is not that of stg-app",
  ],
  [
    "an end",
    (draft) => Object.assign(plans.change(draft, APP), { actions: ["delete"], after: null }),
    "does not delete this aws_ecs_task_definition",
  ],
  [
    "a new one, while the old one is forgotten",
    actions(APP, "create", "forget"),
    "does not forget this aws_ecs_task_definition",
  ],
  [
    "a change that a later apply makes",
    resourceHas(APP, { deposed: "ab12cd34" }),
    "does not replace this aws_ecs_task_definition",
  ],
  [
    "an old revision that is deregistered after a failed release",
    (draft) => {
      const before = { ...plans.change(draft, APP).before, skip_destroy: false };
      const gone = { actions: ["delete"], before, after: null, after_unknown: {} };
      draft.resource_changes.push({ ...plans.find(draft, APP), deposed: "ab12cd34", change: gone });
    },
    "does not delete this aws_ecs_task_definition",
  ],
  [
    "a replacement because the last apply failed",
    resourceHas(APP, { action_reason: "replace_because_tainted" }),
    "for the reason replace_because_tainted",
  ],
  ["a new definition, while the service stays", keep(SERVICE), unlike("task_definition")],
];

const ARN = "task_definition";
const services: Row[] = [
  ["no tasks", become(SERVICE, { desired_count: 0 }), unlike("desired_count")],
  ["40 tasks, as it has", everywhere(SERVICE, { desired_count: 40 }), unlike("desired_count")],
  [
    "a shell in its tasks, as it has",
    everywhere(SERVICE, { enable_execute_command: true }),
    unlike("enable_execute_command"),
  ],
  [
    "no shell any more",
    was(SERVICE, { enable_execute_command: true }),
    changed("enable_execute_command"),
  ],
  ["another load balancer", everywhere(SERVICE, { load_balancer: [] }), "load_balancer"],
  [
    "no circuit breaker",
    everywhere(SERVICE, {
      deployment_circuit_breaker: [{ enable: false, rollback: false }],
    }),
    unlike("deployment_circuit_breaker.enable"),
  ],
  ["a role of its own", everywhere(SERVICE, { iam_role: "admin" }), unlike("iam_role")],
  ["another cluster", become(SERVICE, { cluster: `${ECS}:cluster/other` }), unlike("cluster")],
  [
    "another cluster, as it has",
    everywhere(SERVICE, { cluster: `${ECS}:cluster/other` }),
    "its cluster is not that of stg-app",
  ],
  [
    "another cluster at the cluster's address",
    (draft) => {
      plans.everywhere(draft, "aws_ecs_cluster.cluster_ecs", { arn: `${ECS}:cluster/other` });
      plans.everywhere(draft, SERVICE, { cluster: `${ECS}:cluster/other` });
    },
    "its cluster is not that of stg-app",
  ],
  ["the name of Redis", everywhere(SERVICE, { name: "stg-redis" }), unlike("name")],
  [
    "the id of Redis' service",
    everywhere(SERVICE, { id: `${ECS}:service/stg/stg-redis` }),
    "its id is not that of stg-app",
  ],
  ["no id", everywhere(SERVICE, { id: undefined }), "its id is not that of stg-app"],
  [
    "an id of another region",
    everywhere(SERVICE, { id: "arn:aws:ecs:us-east-1:111111111111:service/stg/stg-app" }),
    "its id is not that of stg-app",
  ],
  ["the definition of Redis", runs(`${ECS}:task-definition/stg-redis:1`), unlike(ARN)],
  ["a definition of another account", runs(`${OTHER}:task-definition/stg-app:1`), unlike(ARN)],
  [
    "a newer revision, which something else registered",
    all(atRevision5(), runs(`${ECS}:task-definition/stg-app:6`)),
    unlike(ARN),
  ],
  [
    "an older revision, which the plan does not show",
    all(atRevision5(), runs(`${ECS}:task-definition/stg-app:3`)),
    unlike(ARN),
  ],
  ["a text in place of a revision that only apply knows", runs("(known after apply)"), unlike(ARN)],
  [
    "two texts, of which one is the environment's",
    (draft) => {
      const twice = { ...plans.configured(draft, SERVICE), expressions: {} };
      draft.configuration.root_module.resources.unshift(twice);
    },
    unwritten(ARN),
  ],
  ["the newest revision, whichever that is", runs("stg-app"), unlike(ARN)],
  [
    "the revision of the plan, but written as an ARN",
    (draft) => {
      const arn = plans.atRevision5(draft);
      plans.keep(draft, APP);
      plans.runs(draft, arn);
      plans.was(draft, SERVICE, { task_definition: `${ECS}:task-definition/stg-app:4` });
      Object.assign(plans.configured(draft, SERVICE).expressions, {
        task_definition: { constant_value: arn },
      });
    },
    unwritten(ARN),
  ],
  [
    "a revision whose text the plan does not have",
    (draft) => Reflect.deleteProperty(plans.configured(draft, SERVICE).expressions, ARN),
    unwritten(ARN),
  ],
  [
    "a revision that is calculated during apply",
    writes(SERVICE, {
      task_definition: { constant_value: `${ECS}:task-definition/evil:\${length(uuid())}` },
    }),
    unwritten(ARN),
  ],
  ["a replacement", actions(SERVICE, "create", "delete"), "does not replace this aws_ecs_service"],
  [
    "a replacement by request",
    all(
      actions(SERVICE, "delete", "create"),
      resourceHas(SERVICE, { action_reason: "replace_by_request" }),
    ),
    "does not replace this aws_ecs_service",
  ],
  [
    "an import",
    changeHas(SERVICE, { importing: { id: "stg/stg-app" } }),
    "does not import this aws_ecs_service",
  ],
  [
    "a move",
    resourceHas(SERVICE, { previous_address: "aws_ecs_service.other" }),
    "does not move this aws_ecs_service",
  ],
  ["an unknown action", actions(SERVICE, "explode"), "does not explode this aws_ecs_service"],
];

const others: Row[] = [
  ["a new revision of Redis", actions(REDIS, "delete", "create"), "not the app's resource"],
  [
    "the app's family at another address",
    all(
      create("aws_ecs_task_definition.copy", { family: "stg-app" }, "no-op"),
      update("aws_ecs_task_definition.copy", { cpu: "2" }),
    ),
    "not the app's resource",
  ],
  [
    "a resource that changes without an action",
    all(update(REDIS_SERVICE, { desired_count: 2 }), actions(REDIS_SERVICE, "no-op")),
    "is unchanged by its action, not by its values",
  ],
  ["an error", planHas({ errored: true }), "planning ended with an error"],
  ["a part missing", planHas({ complete: false }), "incomplete: another plan must follow"],
  ["no way to apply it", planHas({ applyable: false }), "cannot be applied"],
  [
    "a deferred change",
    planHas({ deferred_changes: [{ resource_change: { address: "aws_iam_role.x" } }] }),
    "has deferred_changes, which no release has",
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
    `it has no stg-app at ${SERVICE}`,
  ],
  [
    "a resource twice",
    (draft) => draft.resource_changes.push(structuredClone(plans.find(draft, SERVICE))),
    "has a resource twice",
  ],
  [
    "planned values without a change",
    planHas({
      planned_values: {
        root_module: { resources: [{ address: "aws_iam_role.admin", values: {} }] },
      },
    }),
    "planned_values and resource_changes differ",
  ],
  [
    "an unknown field of a resource's change",
    (draft) => Object.assign(plans.find(draft, REDIS_SERVICE), { action_triggers: [{}] }),
    "has action_triggers, which no release has",
  ],
  [
    "an unknown field of a change",
    changeHas(REDIS_SERVICE, { invoking: {} }),
    "has invoking, which no release has",
  ],
  [
    "a command beside the app's definition",
    configuredHas(APP, { provisioners: [{ type: "local-exec" }] }),
    `${APP}: has provisioners, which no release has`,
  ],
  ["a new terraform_data", create("terraform_data.run"), "not the app's resource"],
  [
    "a program as a data source",
    declare("data.external.run"),
    "data.external.run: the environment does not have it",
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
    `✗ ${IMAGE} read\n    not the app's resource`,
  ],
  [
    "another parameter for the image",
    (draft) =>
      (plans.configured(draft, IMAGE).expressions = {
        name: { constant_value: "/stg/redis/password" },
      }),
    unwritten("name"),
  ],
  [
    "a new ephemeral resource",
    declare("ephemeral.aws_lambda_invocation.run"),
    "the environment does not have it",
  ],
  [
    "a name that every object of JavaScript has",
    declare("data.constructor.name"),
    "data.constructor.name: the environment does not have",
  ],
  [
    "an unknown field of a configured resource",
    configuredHas(APP, { action_triggers: [{}] }),
    "has action_triggers, which no release has",
  ],
  [
    "a new output",
    rootHas({ outputs: { password: {} } }),
    "output password: the environment does not have it",
  ],
  [
    "an output with another value",
    planHas({ output_changes: { app_url: { actions: ["update"] } } }),
    "changes outputs",
  ],
  ["a variable", rootHas({ variables: { image: {} } }), "has variables, which no release has"],
  ["a module", rootHas({ module_calls: { tools: {} } }), "has module_calls, which no release has"],
  [
    "a check block",
    planHas({ checks: [{ address: { to_display: "check.health" } }] }),
    "has checks, which no release has",
  ],
  [
    "an action",
    planHas({ action_invocations: [{ address: "action.a.run" }] }),
    "has action_invocations, which",
  ],
  [
    "an action of a later plan",
    planHas({ deferred_action_invocations: [{ action_invocation: {} }] }),
    "has deferred_action_invocations, which",
  ],
  ["a new part of the module", rootHas({ actions: [{}] }), "has actions, which no release has"],
  [
    "a new part of the configuration",
    (draft) => (draft.configuration["hooks"] = {}),
    "has hooks, which no release has",
  ],
  [
    "a new part of the plan that invokes something",
    planHas({ invocations: [] }),
    "has invocations, which no release has",
  ],
  [
    "a new part of the plan with actions in it",
    planHas({ extras: [{ actions: ["run"] }] }),
    "has extras, which no release has",
  ],
  [
    "no configuration",
    (draft) => Reflect.deleteProperty(draft, "configuration"),
    "is not in the plan's configuration",
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
    unwritten("provider.aws.other.source"),
  ],
  [
    "the app's service in another provider",
    configuredHas(SERVICE, { provider_config_key: "aws.other" }),
    unwritten("provider"),
  ],
  [
    "a service of a program from elsewhere",
    resourceHas(SERVICE, { provider_name: "registry.terraform.io/evil/aws" }),
    "uses the provider registry.terraform.io/evil/aws",
  ],
  [
    "a program from elsewhere",
    providerHas({
      full_name: "registry.terraform.io/evil/aws",
    }),
    unwritten("provider.aws.source"),
  ],
  [
    "an unknown field of a provider",
    providerHas({ for_each_expression: {} }),
    "has for_each_expression, which no release has",
  ],
  [
    "another endpoint",
    settings({ endpoints: [{ ecs: { constant_value: "https://evil.example" } }] }),
    unwritten("endpoints.ecs"),
  ],
  [
    "a default tag whose name has a dot",
    settings({ default_tags: [{ tags: { constant_value: { "a.b": "c" } } }] }),
    unwritten("default_tags.tags.a.b"),
  ],
  [
    "a role that a function gives: Terraform writes {} for it",
    settings({ assume_role: [NOT_SHOWN] }),
    unwritten("assume_role.role_arn"),
  ],
  ["a profile that a function gives", settings({ profile: {} }), unwritten("profile")],
  [
    "another account",
    settings({ allowed_account_ids: { constant_value: ["999999999999"] } }),
    unwritten("allowed_account_ids.0"),
  ],
  ["any account", settings({ allowed_account_ids: undefined }), unwritten("allowed_account_ids.0")],
  ["the region of the machine", settings({ region: undefined }), unwritten("region")],
  [
    "a region that the plan does not show",
    settings({ region: { references: ["local.region"] } }),
    "provider.aws.region",
  ],
  [
    "no settings of providers",
    (draft) => Reflect.deleteProperty(draft.configuration, "provider_config"),
    unwritten("region"),
  ],
  ["access keys", settings({ access_key: { constant_value: "AKIA" } }), unwritten("access_key")],
];

describe.each([
  ["containers of the app", containers],
  ["a definition of the app", definitions],
  ["a service of the app", services],
  ["a plan", others],
  ["providers", providers],
])("the gate refuses %s with", (_, rows) => {
  it.each(rows)("%s", (_what, act, reason) => {
    const { exit, said } = judged(act);
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
        const [own] = (plans.change(draft, SCHEDULE)[state] ?? {})["target"] as [Fields];
        Object.assign(own, fields);
        Object.assign((own["ecs_parameters"] as [Fields])[0], parameters);
      }
    };
  const starts =
    (family: string): Forge =>
    (draft) => {
      const arn = `arn:aws:ecs:eu-central-1:333333333333:task-definition/${family}`;
      target({}, { task_definition_arn: arn })(draft);
      plans.change(draft, SCHEDULE).after_unknown = {};
    };

  it.each<Row>([
    [
      "a network mode that apply knows",
      later(MIGRATE, "network_mode"),
      "network_mode is known only after apply",
    ],
    [
      "a volume",
      become(CLEAN_UP, { volume: [{ name: "a", host_path: "/" }] }),
      unlike("volume.host_path"),
    ],
    ["the definition of Redis", starts("with-tasks-redis:1"), unlike(TASK)],
    ["another task", starts("with-tasks-migrate:1"), unlike(TASK)],
    ["an older revision", all(keep(CLEAN_UP), starts("with-tasks-clean-up:0")), unlike(TASK)],
    [
      "another cluster",
      target({ arn: "arn:aws:ecs:eu-central-1:333333333333:cluster/other" }, {}, ...BOTH),
      "its target.arn is not that of with-tasks-clean-up",
    ],
    [
      "a dynamic block, which a plan does not show",
      (draft) => Reflect.deleteProperty(plans.configured(draft, SCHEDULE).expressions, "target"),
      unwritten("target.arn"),
    ],
    [
      "the id of another schedule",
      everywhere(SCHEDULE, { id: "default/with-tasks-copy-redis" }),
      "its id is not that of with-tasks-clean-up",
    ],
    ["other input", target({ input: "{}" }, {}, ...BOTH), unlike("target.input")],
    [
      "another time",
      become(SCHEDULE, { schedule_expression: "rate(1 minute)" }),
      unlike("schedule_expression"),
    ],
    [
      "a schedule that is replaced",
      actions(SCHEDULE, "delete", "create"),
      "does not replace this aws_scheduler_schedule",
    ],
    ["a schedule that stays at its revision", keep(SCHEDULE), unlike(TASK)],
    ["a new revision of Redis", actions(REDIS, "create", "delete"), "not the app's resource"],
  ])("%s", (_, act, reason) => {
    const { exit, said } = judged(act, "with-tasks");
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
