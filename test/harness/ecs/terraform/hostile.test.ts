import * as fc from "fast-check";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { changesBetween } from "../../../../harness/ecs/terraform/template-changes.ts";
import { readTemplate } from "../../../../harness/ecs/terraform/template.ts";
import { template } from "../fixture/template.ts";
import { hostileTemplates } from "./templates.property.ts";

const known = { parameters: {}, drawn: new Map<string, string>() };

/** What comes of reading, and of a change of what runs to it: nothing, or the error. */
async function read(source: string | object): Promise<unknown> {
  try {
    const running = await readTemplate(template(), known);
    changesBetween(running, await readTemplate(source, known, running));
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("a template in which anything stands anywhere", () => {
  it("is read, or refused by an error of the harness", async () => {
    await fc.assert(hostileTemplates([template()]), { numRuns: 150 });
  }, 60_000);

  it("is refused in few words, however much of a block is not modelled", async () => {
    const most = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`x${at}`, at]));
    const whole = template({ resource: { aws_ecs_cluster: { main: { name: "test", ...most } } } });
    expect(await read(whole)).toMatchObject({
      code: "ERR_UNSUPPORTED",
      message: expect.stringMatching(
        /^aws_ecs_cluster\.main\.x0 is not modelled by the local ECS; .{1,2000}; and 9980 more of aws_ecs_cluster\.main$/,
      ),
    });
  });

  it("is refused wherever its file was cut off", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "hostile-test-"));
    const text = JSON.stringify(template(), null, 2);
    const file = path.join(folder, "cdk.tf.json");
    try {
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: text.length - 1 }), async (length) => {
          await writeFile(file, text.slice(0, length));
          expect(await read(file)).toMatchObject({
            code: "ERR_TEMPLATE",
            message: expect.stringContaining(`${file} is not JSON, or half written`),
          });
        }),
        { numRuns: 200 },
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("a container whose name is a path", () => {
  it.each(["../../../../etc/app", "a/b", "..", ""])("is refused by its field: %j", async (name) => {
    expect(await read(template({ appContainer: { name } }))).toMatchObject({
      code: "ERR_TEMPLATE",
      message: expect.stringContaining(
        "aws_ecs_task_definition.app.container_definitions.0.name: expected 1 to 255 letters",
      ),
    });
  });
});

describe("a template that would read a file of this machine", () => {
  it.each(["file", "templatefile", "filebase64", "fileset", "constructor", "__proto__"])(
    "is refused, since %s() is not evaluated",
    async (name) => {
      const stolen = `\${${name}("/etc/hostname")}`;
      expect(await read(template({ appService: { name: stolen } }))).toMatchObject({
        code: "ERR_UNSUPPORTED",
        message: expect.stringContaining(`the function ${name}() is not evaluated locally`),
      });
    },
  );
});

describe("a template of another provider", () => {
  it("is refused by the address of everything that is not modelled", async () => {
    const error = await read({
      provider: { google: [{ project: "p" }] },
      resource: {
        google_cloud_run_service: { app: { name: "app" } },
        azurerm_container_group: { redis: { name: "redis" } },
      },
    });
    expect(error).toMatchObject({ code: "ERR_UNSUPPORTED" });
    expect(String(error)).toContain(
      "google_cloud_run_service.app: google_cloud_run_service is not",
    );
    expect(String(error)).toContain(
      "azurerm_container_group.redis: azurerm_container_group is not",
    );
  });
});
