import { describe, it } from "vitest";
import { expectRefused, type Forged } from "./support/forged.ts";
import {
  after,
  APP,
  atRevision,
  before,
  configured,
  container,
  containers,
  create,
  type Draft,
  type Fields,
  find,
  runs,
  SERVICE,
} from "./support/plans.ts";

// The release of stg with changes of the app's own resources that reach beyond the app.

const ECS = "arn:aws:ecs:eu-central-1:000000000000";
const SECRETS = "arn:aws:secretsmanager:eu-central-1:000000000000:secret";
const PASSWORD = { name: "REDIS_PASSWORD", valueFrom: `${SECRETS}:stg-redis-password-770d89` };

const state = (draft: Draft, fields: Fields): void => {
  Object.assign(after(draft, APP), fields);
};

const service = (draft: Draft, fields: Fields): void => {
  Object.assign(after(draft, SERVICE), fields);
};

const environment = (draft: Draft, name: string, value: string): void =>
  container(draft, { environment: [{ name, value }] });

const unchanged = (what: string): string =>
  `a release does not change container_definitions.app.${what}`;

const definition = [
  ["another role of the tasks", { task_role_arn: "arn:aws:iam::000000000000:role/admin" }],
  [
    "another role that starts tasks",
    { execution_role_arn: "arn:aws:iam::000000000000:role/admin" },
  ],
  ["the network of the host", { network_mode: "host" }],
  ["the processes of the host", { pid_mode: "host" }],
  ["the memory segments of the host", { ipc_mode: "host" }],
  ["the disk of the host", { volume: [{ name: "root", host_path: "/" }] }],
  ["another family", { family: "stg-redis" }],
  ["a memory limit of the task", { memory: "4096" }],
  ["placement constraints", { placement_constraints: [{ type: "memberOf", expression: "x" }] }],
] as const;

const fields = [
  ["all rights of the host", { privileged: true }, "privileged"],
  ["all rights, written otherwise", { Privileged: true }, "Privileged"],
  ["another user", { user: "0" }, "user"],
  ["another folder", { mountPoints: [{ sourceVolume: "r", containerPath: "/r" }] }, "mountPoints"],
  [
    "the folders of another container",
    { volumesFrom: [{ sourceContainer: "redis" }] },
    "volumesFrom",
  ],
  ["another port", { portMappings: [{ containerPort: 6379, hostPort: 6379 }] }, "portMappings"],
  [
    "more rights in the kernel",
    { linuxParameters: { capabilities: { add: ["ALL"] } } },
    "linuxParameters",
  ],
  [
    "settings of the kernel",
    { systemControls: [{ namespace: "net.x", value: "1" }] },
    "systemControls",
  ],
  ["another log", { logConfiguration: { logDriver: "syslog" } }, "logConfiguration"],
  ["a read-only file system", { readonlyRootFilesystem: true }, "readonlyRootFilesystem"],
  [
    "variables from a file",
    { environmentFiles: [{ type: "s3", value: "arn" }] },
    "environmentFiles",
  ],
  [
    "credentials of a registry",
    { repositoryCredentials: { credentialsParameter: "a" } },
    "repositoryCredentials",
  ],
  [
    "other names of hosts",
    { extraHosts: [{ hostname: "h", ipAddress: "10.0.0.1" }] },
    "extraHosts",
  ],
  ["other DNS servers", { dnsServers: ["10.0.0.1"] }, "dnsServers"],
  ["no hard memory limit", { memory: undefined, memoryReservation: 128 }, "memory"],
  ["a higher hard memory limit", { memory: 65_536 }, "memory"],
  [
    "limits of the kernel",
    { ulimits: [{ name: "nofile", softLimit: 1, hardLimit: 1 }] },
    "ulimits",
  ],
] as const;

const names: Forged[] = [
  [
    "a second container",
    (draft) =>
      containers(draft, ([app = {}]) => [
        app,
        { ...app, name: "spy", environment: [], secrets: [] },
      ]),
    "a release does not change the names of containers: app, spy",
  ],
  [
    "no container",
    (draft) => containers(draft, () => []),
    "does not change the names of containers",
  ],
  [
    "another name of its container",
    (draft) => container(draft, { name: "other" }),
    "a release does not change the names of containers: other",
  ],
  [
    "a name that looks like a field",
    (draft) => containers(draft, ([app = {}]) => [app, { name: "app.image", privileged: true }]),
    "a release does not change the names of containers: app, app.image",
  ],
  [
    "its container twice",
    (draft) => containers(draft, ([app = {}]) => [app, app]),
    "a release does not change the names of containers: app, app",
  ],
  [
    "text that is no list of containers",
    (draft) => state(draft, { container_definitions: "{}" }),
    "container_definitions is not a list of containers",
  ],
  [
    "containers that are known only after apply",
    (draft) => {
      state(draft, { container_definitions: undefined });
      Object.assign(find(draft, APP).change.after_unknown, { container_definitions: true });
    },
    "a release does not change container_definitions",
  ],
  [
    "nothing that is known before apply",
    (draft) => (find(draft, APP).change.after_unknown = true),
    "a release does not change all of it",
  ],
  [
    "tags that are known only after apply",
    (draft) => {
      state(draft, { tags: undefined });
      Object.assign(find(draft, APP).change.after_unknown, { tags: true });
    },
    "tags is known only after apply",
  ],
];

const secret: Forged[] = [
  [
    "a variable in place of a secret",
    (draft) => {
      environment(draft, "REDIS_PASSWORD", "typed-by-hand");
      containers(draft, (list) => list.map((app) => ({ ...app, secrets: [] })));
    },
    "container_definitions.app.environment.REDIS_PASSWORD takes the place of a secret",
  ],
  [
    "its secret from another place",
    (draft) =>
      container(draft, { secrets: [{ ...PASSWORD, valueFrom: `${SECRETS}:other-abcdef` }] }),
    "container_definitions.app.secrets.REDIS_PASSWORD is another secret",
  ],
  [
    "the secret of another account",
    (draft) =>
      container(draft, {
        secrets: [
          { ...PASSWORD, valueFrom: PASSWORD.valueFrom.replace("000000000000", "999999999999") },
        ],
      }),
    "container_definitions.app.secrets.REDIS_PASSWORD is another secret",
  ],
  [
    "a secret more",
    (draft) =>
      container(draft, {
        secrets: [PASSWORD, { name: "ADMIN", valueFrom: `${SECRETS}:admin-abcdef` }],
      }),
    "container_definitions.app.secrets.ADMIN is another secret",
  ],
  [
    "a parameter as a secret",
    (draft) =>
      container(draft, { secrets: [PASSWORD, { name: "P", valueFrom: "/prod/password" }] }),
    "container_definitions.app.secrets.P is another secret",
  ],
  [
    "a second spelling of a field of a secret",
    (draft) =>
      container(draft, { secrets: [{ ...PASSWORD, ValueFrom: `${SECRETS}:other-abcdef` }] }),
    "container_definitions is not a list of containers",
  ],
  [
    "the value of a secret in a variable",
    (draft) => {
      known(draft);
      environment(draft, "URL", "redis://:hunter22-hunter22@host");
    },
    "container_definitions.0.environment.0.value has the value of a secret",
  ],
  [
    "the value of a secret in its command",
    (draft) => {
      known(draft);
      container(draft, { command: ["--password", "hunter22-hunter22"] });
    },
    "container_definitions.0.command.1 has the value of a secret",
  ],
  [
    "containers that use a sensitive value",
    (draft) => (find(draft, APP).change.after_sensitive = { container_definitions: true }),
    "container_definitions becomes sensitive",
  ],
  [
    "nothing but sensitive values",
    (draft) => (find(draft, APP).change.after_sensitive = true),
    "all of it becomes sensitive",
  ],
];

/** A password in the state. */
function known(draft: Draft): void {
  create(draft, "aws_secretsmanager_secret_version.known", {}, "no-op");
  const { change } = find(draft, "aws_secretsmanager_secret_version.known");
  change.before = { secret_string: "hunter22-hunter22" };
  change.after = change.before;
  change.before_sensitive = { secret_string: true };
}

const running: Forged[] = [
  [
    "no tasks",
    (draft) => service(draft, { desired_count: 0 }),
    "a release does not change desired_count",
  ],
  [
    "a number of tasks that is known only after apply",
    (draft) => Object.assign(find(draft, SERVICE).change.after_unknown, { desired_count: true }),
    "a release does not change desired_count",
  ],
  [
    "another network",
    (draft) => service(draft, { network_configuration: [{ subnets: ["subnet-1"] }] }),
    "a release does not change network_configuration.0.subnets",
  ],
  [
    "a shell in its tasks",
    (draft) => service(draft, { enable_execute_command: true }),
    "a release does not change enable_execute_command",
  ],
  [
    "another cluster",
    (draft) => service(draft, { cluster: `${ECS}:cluster/other` }),
    "a release does not change cluster",
  ],
  [
    "a service of another cluster",
    (draft) => {
      before(draft, SERVICE)["cluster"] = `${ECS}:cluster/other`;
      service(draft, { cluster: `${ECS}:cluster/other` });
    },
    "runs in the cluster other, not in stg",
  ],
  [
    "another service",
    (draft) => {
      before(draft, SERVICE)["name"] = "stg-redis";
      service(draft, { name: "stg-redis" });
    },
    "not the app's resource",
  ],
  [
    "the task definition of Redis",
    (draft) => runs(draft, `${ECS}:task-definition/stg-redis:1`),
    "task_definition refers to a task definition that is not the app's",
  ],
  [
    "a family whose name ends alike",
    (draft) => runs(draft, `${ECS}:task-definition/other-stg-app:1`),
    "task_definition refers to a task definition that is not the app's",
  ],
  [
    "a task definition of another account",
    (draft) => runs(draft, "arn:aws:ecs:eu-central-1:999999999999:task-definition/stg-app:1"),
    "task_definition refers to a task definition that is not the app's",
  ],
  [
    "a task definition of another region",
    (draft) => runs(draft, "arn:aws:ecs:us-east-1:000000000000:task-definition/stg-app:1"),
    "task_definition refers to a task definition that is not the app's",
  ],
  [
    "a task definition of another partition",
    (draft) => runs(draft, "arn:aws-cn:ecs:eu-central-1:000000000000:task-definition/stg-app:1"),
    "task_definition refers to a task definition that is not the app's",
  ],
  [
    "a newer revision, which something else registered",
    (draft) => {
      atRevision(draft, 5);
      runs(draft, `${ECS}:task-definition/stg-app:6`);
    },
    "task_definition is newer than revision 5 of the state",
  ],
  [
    "the newest revision, whichever that is",
    (draft) => runs(draft, "stg-app"),
    "task_definition is not a revision of a task definition",
  ],
  [
    "a revision that is calculated during apply",
    (draft) => {
      const text = "arn:aws:ecs:eu-central-1:000000000000:task-definition/evil:${length(uuid())}";
      configured(draft, SERVICE)["expressions"] = { task_definition: { constant_value: text } };
    },
    "task_definition is not that of the environment, and known only after apply",
  ],
];

describe("the gate refuses a release with", () => {
  it.each(definition)("%s", (_, change) => {
    const [argument = ""] = Object.keys(change);
    expectRefused((draft) => state(draft, change), `a release does not change ${argument}`);
  });

  it.each(fields)("%s in its container", (_, change, field) => {
    expectRefused((draft) => container(draft, change), unchanged(field));
  });

  it.each(names)("%s", (_, change, reason) => expectRefused(change, reason));
  it.each(secret)("%s", (_, change, reason) => expectRefused(change, reason));
  it.each(running)("%s in its service", (_, change, reason) => expectRefused(change, reason));
});
