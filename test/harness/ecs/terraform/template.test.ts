import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { changesBetween } from "../../../../harness/ecs/terraform/template-changes.ts";
import { readTemplate } from "../../../../harness/ecs/terraform/template.ts";
import { template } from "../fixture/template.ts";

const read = (source: string | object) =>
  readTemplate(source, { parameters: {}, drawn: new Map() });

describe("a template", () => {
  it.each([
    ["half written", '{"resource": {"aws_vpc": {', "cdk.tf.json"],
    ["empty", "", "cdk.tf.json"],
    ["a list", "[]", "top level"],
    ["without resources", '{"provider": {}}', "no resource"],
    ["with a module call without a source", '{"module": {"x": {}}}', "module.x.source"],
    [
      "with a module from a registry",
      '{"module": {"x": {"source": "hashicorp/x/aws"}}}',
      "module.x.source",
    ],
    [
      "that removes a running service only from the state",
      '{"resource": {}, "removed": [{"from": "aws_ecs_service.x", "lifecycle": {"destroy": false}}]}',
      "removed.0.from",
    ],
    ["with a resource that is text", '{"resource": {"aws_vpc": {"x": "y"}}}', "resource.aws_vpc.x"],
  ])("refuses a file that is %s", async (_what, content, message) => {
    const folder = await mkdtemp(path.join(tmpdir(), "module-test-"));
    try {
      const file = path.join(folder, "cdk.tf.json");
      await writeFile(file, content);
      await expect(read(file)).rejects.toMatchObject({
        code: "ERR_TEMPLATE",
        message: expect.stringContaining(message),
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    { from: "aws_ecs_service.x" },
    { from: "aws_ecs_service.x", lifecycle: { destroy: true } },
    [{ from: "aws_ecs_service.x", lifecycle: [{ destroy: true }] }],
    { from: "aws_efs_file_system.x", lifecycle: { destroy: false } },
  ])("accepts a removed block: %j", async (removed) => {
    const {
      module: { blocks },
    } = await read({ resource: { aws_vpc: { x: {} } }, removed });
    expect([...blocks.keys()]).toEqual(["aws_vpc.x"]);
  });

  it("refuses a folder without Terraform files, and one that declares a resource twice", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "module-test-"));
    try {
      await expect(read(folder)).rejects.toThrow(`${folder} has no`);
      for (const name of ["one", "two"]) {
        const file = path.join(folder, `${name}.tf.json`);
        await writeFile(file, '{"resource": {"aws_vpc": {"x": {}}}}');
      }
      await expect(read(folder)).rejects.toThrow("aws_vpc.x is declared twice");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("says how to create a missing file", async () => {
    await expect(read("/nowhere/cdk.tf.json")).rejects.toThrow("npm run synth");
  });
});

const adjust = (): never => {
  throw new Error("it is adjusted when it is read");
};

describe("a template that was read", () => {
  it("stays as it is, with the secrets that are known now", async () => {
    const first = await readTemplate(template(), { parameters: {}, drawn: new Map() });
    const known = { parameters: {}, secrets: { more: "text" }, drawn: new Map(), adjust };
    const again = await readTemplate(first, known);
    expect(again.plan).toBe(first.plan);
    expect(again.drawn).toBe(first.drawn);
    expect([first, again].map(({ secrets }) => secrets.has("more"))).toEqual([false, true]);
  });

  it("is compared with the one that runs", async () => {
    const before = await read(template());
    const after = await readTemplate(
      await read(template({ appService: { desired_count: 3 } })),
      {
        parameters: {},
        drawn: new Map(),
      },
      before,
    );
    expect(changesBetween(before, after)).toMatchObject([{ arguments: ["desired_count"] }]);
  });
});
