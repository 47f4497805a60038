import { describe, expect, it } from "vitest";
import { changesBetween } from "../../../../harness/ecs/terraform/template-changes.ts";
import { readTemplate, type Template } from "../../../../harness/ecs/terraform/template.ts";
import { template, type Overrides } from "../fixture/template.ts";

/** A template with sections beside its resources. */
interface Sections {
  readonly locals?: object;
  readonly variable?: object;
  readonly data?: object;
}

const PARAMETERS = { "/one": "repo/app:1", "/two": "repo/app:2" };

const read = (
  overrides: Overrides,
  sections: Sections = {},
  before?: Template,
): Promise<Template> =>
  readTemplate(
    { ...template(overrides), ...sections },
    { parameters: PARAMETERS, drawn: new Map() },
    before,
  );

/** What changes, each as `address action`. */
async function changes(
  before: readonly [Overrides, Sections?],
  after: readonly [Overrides, Sections?],
): Promise<string[]> {
  const from = await read(...before);
  const to = await read(after[0], after[1], from);
  return changesBetween(from, to).map(({ address, action }) => `${address} ${action}`);
}

const APP = ["aws_ecs_task_definition.app replace", "aws_ecs_service.app update"];
const valued = (value: string): Overrides => ({
  appContainer: { environment: [{ name: "V", value }] },
});

const triggered = (trigger: string, resource: Overrides["resource"] = {}): Overrides => ({
  appService: { lifecycle: { replace_triggered_by: [trigger] } },
  resource,
});
const data = (input: number, replaced: number): Overrides["resource"] => ({
  terraform_data: { x: { input, triggers_replace: replaced } },
  random_id: { y: { byte_length: input } },
});
const guarded = (lifecycle: object, name: string): Overrides => ({
  discovery: { name, lifecycle },
});

const named = (name: string): Overrides => ({
  ...valued("${aws_secretsmanager_secret.redis.name}"),
  resource: {
    aws_secretsmanager_secret: { redis: { name } },
    aws_secretsmanager_secret_version: {},
  },
});
const ignoring = (family: string, port: number): Overrides => ({
  appTask: { family, tags: { family }, lifecycle: { ignore_changes: ["family", "tags"] } },
  appService: {
    name: "${aws_ecs_task_definition.app.family}",
    lifecycle: { ignore_changes: ["load_balancer"] },
    load_balancer: [
      {
        target_group_arn: "${aws_lb_target_group.app.arn}",
        container_name: "app",
        container_port: port,
      },
    ],
  },
});
const written = (text: string, version: number): Overrides => ({
  resource: {
    aws_secretsmanager_secret_version: {
      redis: {
        secret_id: "${aws_secretsmanager_secret.redis.id}",
        secret_string_wo: text,
        secret_string_wo_version: version,
      },
    },
  },
});

describe("changesBetween", () => {
  it.each<[what: string, overrides: Overrides, before: Sections, after: Sections]>([
    ["a local", valued("${local.v}"), { locals: { v: 1 } }, { locals: { v: 2 } }],
    [
      "a local behind a local",
      valued("${local.w}"),
      { locals: { v: 1, w: "${local.v}" } },
      { locals: { v: 2, w: "${local.v}" } },
    ],
    [
      "a variable's default",
      valued("${var.v}"),
      { variable: { v: { default: "1" } } },
      { variable: { v: { default: "2" } } },
    ],
    [
      "the parameter that an image is read from",
      { appContainer: { image: "${data.aws_ssm_parameter.image.value}" } },
      { data: { aws_ssm_parameter: { image: { name: "/one" } } } },
      { data: { aws_ssm_parameter: { image: { name: "/two" } } } },
    ],
    [
      "the name in a data source of a secret",
      {
        appContainer: {
          secrets: [{ name: "S", valueFrom: "${data.aws_secretsmanager_secret.s.arn}" }],
        },
      },
      { data: { aws_secretsmanager_secret: { s: { name: "one" } } } },
      { data: { aws_secretsmanager_secret: { s: { name: "two" } } } },
    ],
  ])("finds a new revision after a change of %s", async (_what, overrides, before, after) => {
    expect(await changes([overrides, before], [overrides, before])).toEqual([]);
    expect(await changes([overrides, before], [overrides, after])).toEqual(APP);
  });

  it("finds a change through a reference to a name", async () => {
    expect(await changes([named("one")], [named("two")])).toEqual([
      "aws_secretsmanager_secret.redis replace",
      "aws_ecs_task_definition.app replace",
      "aws_ecs_task_definition.redis replace",
      "aws_ecs_service.app update",
      "aws_ecs_service.redis update",
    ]);
  });

  it("ignores a change of an expression with the same value", async () => {
    const before = valued("one");
    const after = valued("${local.v}");
    expect(await changes([before], [after, { locals: { v: "one" } }])).toEqual([]);
  });

  it("keeps ignored arguments, including references to them", async () => {
    // Port 9 is not published, so it would be refused if it were read.
    expect(await changes([ignoring("one", 3000)], [ignoring("two", 9)])).toEqual([]);
  });

  it("keeps a secret until its write-only version changes", async () => {
    const first = await read(written("old", 1));
    const again = await read(written("new", 1), {}, first);
    const next = await read(written("new", 2), {}, again);
    const values = [first, again, next].map(({ secrets }) => secrets.value("test/redis"));
    expect(values).toEqual(["old", "old", "new"]);
    expect(changesBetween(first, again)).toEqual([]);
  });

  it.each<[trigger: string, after: Overrides["resource"], replaces: boolean]>([
    ["terraform_data.x", data(2, 1), true],
    ["terraform_data.x", data(1, 1), false],
    ["terraform_data.x.input", data(2, 1), true],
    ["terraform_data.x.output", data(2, 1), true],
    ["terraform_data.x.triggers_replace", data(2, 1), false],
    ["terraform_data.x.id", data(2, 1), false],
    ["terraform_data.x.id", data(1, 2), true],
    ["terraform_data.x.input", data(1, 2), false],
    ["random_id.y", data(2, 1), true],
    ["random_id.y.hex", data(1, 2), false],
  ])("replaces by the trigger %s after %j: %s", async (trigger, after, replaces) => {
    const found = await changes([triggered(trigger, data(1, 1))], [triggered(trigger, after)]);
    expect(found.includes("aws_ecs_service.app replace")).toBe(replaces);
  });

  it("refuses a trigger on an attribute if only AWS knows whether it changes", async () => {
    await expect(
      changes(
        [triggered("random_id.y.hex", data(1, 1))],
        [triggered("random_id.y.hex", data(2, 1))],
      ),
    ).rejects.toThrow("aws_ecs_service.app.lifecycle.replace_triggered_by");
  });

  it("refuses a replacement that prevent_destroy forbids", async () => {
    const lifecycle = { prevent_destroy: true };
    await expect(
      changes([guarded(lifecycle, "one")], [guarded(lifecycle, "two")]),
    ).rejects.toMatchObject({
      code: "ERR_TEMPLATE",
      message: expect.stringContaining(
        "aws_service_discovery_service.redis: Instance cannot be destroyed",
      ),
    });
    expect(await changes([guarded(lifecycle, "one")], [guarded({}, "two")])).toContain(
      "aws_service_discovery_service.redis replace",
    );
  });

  it("deletes a resource that is no longer declared, even with prevent_destroy, as Terraform does", async () => {
    const redisService = { lifecycle: { prevent_destroy: true }, service_registries: undefined };
    const before = await read({ redisService });
    const whole = template({ appService: { depends_on: [] } }) as {
      resource: Record<string, Record<string, object>>;
    };
    delete whole.resource["aws_ecs_service"]?.["redis"];
    const after = await readTemplate(whole, { parameters: {}, drawn: new Map() });
    expect(changesBetween(before, after)).toContainEqual({
      address: "aws_ecs_service.redis",
      type: "aws_ecs_service",
      action: "delete",
      arguments: [],
    });
  });

  it("refuses to replace a Cloud Map service with instances", async () => {
    const alone = { redisService: { lifecycle: {} } };
    await expect(
      changes([alone], [{ ...alone, discovery: { name: "other" } }]),
    ).rejects.toMatchObject({
      code: "ERR_TEMPLATE",
      message: expect.stringContaining("aws_service_discovery_service.redis.force_destroy"),
    });
  });

  it("refuses a replaced file system, because it would be empty", async () => {
    const resource = { aws_efs_file_system: { data: { encrypted: false } } };
    await expect(changes([{}], [{ resource }])).rejects.toThrow(
      "aws_efs_file_system.data (replace)",
    );
  });
});
