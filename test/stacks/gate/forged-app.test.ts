import { describe, it } from "vitest";
import { expectRefused, type Forged } from "./support/forged.ts";
import {
  after,
  APP,
  before,
  configured,
  container,
  containers,
  type Draft,
  type Fields,
  find,
} from "./support/plans.ts";

// The release of stg with a task definition that reaches beyond the app.

const state = (draft: Draft, fields: Fields): void => {
  Object.assign(after(draft, APP), fields);
};

const unchanged = (what: string): string =>
  `a release does not change container_definitions.app.${what}`;

const definition = [
  ["another role of the tasks", { task_role_arn: "arn:aws:iam::111111111111:role/admin" }],
  ["the network of the host", { network_mode: "host" }],
  ["the disk of the host", { volume: [{ name: "root", host_path: "/" }] }],
] as const;

const fields = [
  ["all rights of the host", { privileged: true }, "privileged"],
  ["all rights, written otherwise", { Privileged: true }, "Privileged"],
  [
    "the folders of another container",
    { volumesFrom: [{ sourceContainer: "redis" }] },
    "volumesFrom",
  ],
  ["another port", { portMappings: [{ containerPort: 6379, hostPort: 6379 }] }, "portMappings"],
  [
    "variables from a file",
    { environmentFiles: [{ type: "s3", value: "arn" }] },
    "environmentFiles",
  ],
  ["a higher hard memory limit", { memory: 65_536 }, "memory"],
  // ECS places tasks by it, and no longer by `memory`.
  ["a memory reservation", { memoryReservation: 6 }, "memoryReservation"],
] as const;

const numbers = [
  ["more CPU than any host has", { cpu: 1e21 }],
  ["CPU shares that are no number", { cpu: "128" }],
  ["a part of a CPU share", { cpu: 64.5 }],
  ["no end of its time to stop", { stopTimeout: 1e12 }],
  ["less than no time to stop", { stopTimeout: -1 }],
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
    "a name that looks like a field",
    (draft) => containers(draft, ([app = {}]) => [app, { name: "app.image", privileged: true }]),
    "a release does not change the names of containers: app, app.image",
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
    "fault injection that is stated, and known only after apply",
    (draft) => {
      state(draft, { enable_fault_injection: undefined });
      Object.assign(find(draft, APP).change.after_unknown, { enable_fault_injection: true });
      Object.assign(configured(draft, APP)["expressions"] as Fields, {
        enable_fault_injection: { constant_value: '${startswith(timestamp(), "2")}' },
      });
    },
    "enable_fault_injection is stated, but known only after apply",
  ],
  [
    "a field twice, of which Go takes the last and merges the others",
    (draft) => {
      const text = String(after(draft, APP)["container_definitions"]);
      const more = '[{"linuxParameters":{"capabilities":{"add":["SYS_ADMIN"]}},';
      state(draft, { container_definitions: text.replace("[{", more) });
    },
    "container_definitions has a field twice",
  ],
  [
    "nothing but a field twice",
    (draft) => {
      const text = String(before(draft, APP)["container_definitions"]);
      const more = '[{"linuxParameters":{"capabilities":{"add":["SYS_ADMIN"]}},';
      state(draft, { container_definitions: text.replace("[{", more) });
    },
    "container_definitions has a field twice",
  ],
  [
    "nothing but a field without a value in another case",
    (draft) => {
      const text = String(before(draft, APP)["container_definitions"]);
      state(draft, { container_definitions: text.replace("[{", '[{"Memory":null,') });
    },
    "container_definitions.app.Memory is not a field of a container",
  ],
  [
    "an object in place of the list",
    (draft) => {
      const text = String(before(draft, APP)["container_definitions"]);
      state(draft, { container_definitions: `{"app":${text.slice(1, -1)}}` });
    },
    "container_definitions is not a list of containers",
  ],
  [
    "a field without a value in another case, which Go takes",
    (draft) => container(draft, { Memory: null }),
    "container_definitions.app.Memory is not a field of a container",
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

describe("the gate refuses a task definition of the app with", () => {
  it.each(definition)("%s", (_, change) => {
    const [argument = ""] = Object.keys(change);
    expectRefused((draft) => state(draft, change), `a release does not change ${argument}`);
  });

  it.each(fields)("%s in its container", (_, change, field) => {
    expectRefused((draft) => container(draft, change), unchanged(field));
  });

  it.each(numbers)("%s", (_, change) => {
    const [field = ""] = Object.keys(change);
    expectRefused(
      (draft) => container(draft, change),
      `container_definitions.app.${field} is not within the limits of an environment`,
    );
  });

  it.each(names)("%s", (_, change, reason) => expectRefused(change, reason));
});
