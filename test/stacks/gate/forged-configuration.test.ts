import { describe, expect, it } from "vitest";
import { expectRefused, type Forged } from "./support/forged.ts";
import {
  APP,
  configured,
  create,
  declare,
  type Draft,
  type Fields,
  judged,
  REDIS_SERVICE,
} from "./support/plans.ts";

// The release of stg with something more in its configuration, which `apply` would carry out.

const provision = (draft: Draft, address: string, ...types: string[]): void => {
  configured(draft, address)["provisioners"] = types.map((type) => ({ type, expressions: {} }));
};

const outputs = (draft: Draft, name: string, action: string): void => {
  draft["output_changes"] = { [name]: { actions: [action], before: "a", after: "b" } };
};

const checked = (address: string): Fields => ({ address: { to_display: address }, status: "pass" });

const resources: Forged[] = [
  [
    "a command beside the app's task definition",
    (draft) => provision(draft, APP, "local-exec"),
    `${APP}: runs the provisioner local-exec`,
  ],
  [
    "a command on a host, beside an unchanged service",
    (draft) => provision(draft, REDIS_SERVICE, "remote-exec"),
    `${REDIS_SERVICE}: runs the provisioner remote-exec`,
  ],
  [
    "a new terraform_data",
    (draft) => create(draft, "terraform_data.run"),
    "terraform_data.run: the environment does not have this resource",
  ],
  [
    "a program as a data source",
    (draft) => declare(draft, "data.external.run"),
    "data.external.run: the environment does not have this data source",
  ],
  [
    "a request as a data source, at apply",
    (draft) => create(draft, "data.http.call", {}, "read"),
    /✗ data\.http\.call +read\n +is read by apply/,
  ],
  [
    "the data source of the image, read at apply",
    (draft) => create(draft, "data.aws_ssm_parameter.app_image", {}, "read"),
    /✗ data\.aws_ssm_parameter\.app_image +read\n +is read by apply/,
  ],
  [
    "another parameter in the data source of the image",
    (draft) => {
      const name = { constant_value: "/stg/redis/password" };
      configured(draft, "data.aws_ssm_parameter.app_image")["expressions"] = { name };
    },
    "data.aws_ssm_parameter.app_image: name is not as in the environment",
  ],
  [
    "a new ephemeral resource",
    (draft) => declare(draft, "ephemeral.aws_lambda_invocation.run"),
    "ephemeral.aws_lambda_invocation.run: the environment does not have this ephemeral resource",
  ],
  [
    "a name that every object of JavaScript has",
    (draft) => declare(draft, "data.constructor.name"),
    "data.constructor.name: the environment does not have this data source",
  ],
  [
    "a field of a resource that is unknown",
    (draft) => (configured(draft, APP)["action_triggers"] = [{ events: ["before_update"] }]),
    `${APP}: has fields that are unknown here: action_triggers`,
  ],
];

const module: Forged[] = [
  [
    "a new output",
    (draft) => (draft.configuration.root_module["outputs"] = { password: { expression: {} } }),
    "output password: the environment does not have it",
  ],
  [
    "an output with another value",
    (draft) => outputs(draft, "app_url", "update"),
    "output app_url: a release does not change outputs",
  ],
  [
    "a variable",
    (draft) => (draft.configuration.root_module["variables"] = { image: {} }),
    "variable image: the environment does not have it",
  ],
  [
    "a module",
    (draft) => (draft.configuration.root_module["module_calls"] = { tools: { source: "./tools" } }),
    "module tools: the environment does not have it",
  ],
  [
    "a check block",
    (draft) => (draft["checks"] = [checked("check.health")]),
    "check.health: has a check",
  ],
  [
    "an action",
    (draft) => (draft["action_invocations"] = [{ address: "action.aws_lambda_invoke.run" }]),
    "action.aws_lambda_invoke.run: is an action, and a release invokes none",
  ],
  [
    "an action of a later plan",
    (draft) => {
      const invocation = { action_invocation: { address: "action.aws_lambda_invoke.run" } };
      draft["deferred_action_invocations"] = [invocation];
    },
    "action.aws_lambda_invoke.run: is an action, and a release invokes none",
  ],
  [
    "a part of the module that is unknown",
    (draft) => (draft.configuration.root_module["actions"] = [{}]),
    "root_module: has fields that are unknown here: actions",
  ],
  [
    "a part of the plan that is unknown",
    (draft) => (draft["invocations"] = []),
    "the plan: has fields that are unknown here: invocations",
  ],
  [
    "no configuration",
    (draft) => Reflect.deleteProperty(draft, "configuration"),
    "has no configuration, so what it would run cannot be checked",
  ],
  [
    "a configuration without Redis",
    (draft) => {
      const { root_module: root } = draft.configuration;
      root.resources = root.resources.filter(({ address }) => address !== REDIS_SERVICE);
    },
    `${REDIS_SERVICE}: is not in the plan's configuration`,
  ],
];

describe("the gate refuses a configuration with", () => {
  it.each(resources)("%s", (_, change, reason) => expectRefused(change, reason));
  it.each(module)("%s", (_, change, reason) => expectRefused(change, reason));
});

describe("a recorded plan of a release with a provisioner", () => {
  it("is refused, with the resource and the provisioner", () => {
    const { exit, said } = judged(() => {}, "provisioner");
    expect(said).toContain(`✗ the plan: ${APP}: runs the provisioner local-exec\n`);
    expect(exit).toBe(1);
  });

  it("would pass without it", () => {
    const { exit, said } = judged(
      (draft) => delete configured(draft, APP)["provisioners"],
      "provisioner",
    );
    expect(exit, said).toBe(0);
  });
});
