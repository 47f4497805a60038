import * as fc from "fast-check";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { changesBetween } from "../../../../harness/ecs/terraform/template-changes.ts";
import { readTemplate } from "../../../../harness/ecs/terraform/template.ts";
import { template, type Overrides } from "../fixture/template.ts";
import { hostileTemplates } from "./templates.property.ts";

const known = { parameters: {}, drawn: new Map<string, string>() };

/** Reads a template, also as a change of a running one. Returns the error, if any. */
async function read(source: string | object): Promise<unknown> {
  try {
    const running = await readTemplate(template(), known);
    changesBetween(running, await readTemplate(source, known, running));
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("a template with arbitrary values anywhere", () => {
  it("is read, or refused with a HarnessError", async () => {
    await fc.assert(hostileTemplates([template()]));
  });

  it("is refused with a short message, even for thousands of unknown arguments", async () => {
    const most = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`x${at}`, at]));
    const whole = template({ resource: { aws_ecs_cluster: { main: { name: "test", ...most } } } });
    expect(await read(whole)).toMatchObject({
      code: "ERR_UNSUPPORTED",
      message: expect.stringMatching(
        /^aws_ecs_cluster\.main\.x0 is not modelled by the local ECS; .{1,2000}; and 9980 more of aws_ecs_cluster\.main$/,
      ),
    });
  });

  it("is refused if its file is truncated anywhere", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "hostile-test-"));
    const text = JSON.stringify(template(), null, 2);
    const file = path.join(folder, "cdk.tf.json");
    try {
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: text.length - 1 }), async (length) => {
          await writeFile(file, text.slice(0, length));
          expect(await read(file)).toMatchObject({
            code: "ERR_TEMPLATE",
            message: expect.stringContaining(file),
          });
        }),
        { numRuns: 60 },
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

const fixed = { content_type: "text/plain", status_code: "200" };
const answering = (response: object): Overrides => ({
  resource: {
    aws_lb_listener: {
      app: {
        load_balancer_arn: "${aws_lb.app.arn}",
        port: 80,
        default_action: [{ type: "fixed-response", fixed_response: [response] }],
      },
    },
  },
});

describe("a value of a load balancer that AWS refuses", () => {
  it.each<[string, Overrides]>([
    ["fixed_response.content_type: ", answering({ ...fixed, content_type: "text/ü→" })],
    ["fixed_response.status_code: expected 2XX", answering({ ...fixed, status_code: "1000" })],
    ["health_check.path: expected / and", { targetGroup: { health_check: { path: "/ü→" } } }],
    ["deregistration_delay: expected at", { targetGroup: { deregistration_delay: 1e10 } }],
  ])("is refused with its field: %s", async (message, overrides) => {
    expect(await read(template(overrides))).toMatchObject({
      message: expect.stringContaining(message),
    });
  });
});

describe("a name that AWS refuses", () => {
  const ECS_NAME = "expected 1 to 255 letters, digits, _ and -";
  const CLUSTER = "expected the name or ARN of a cluster";
  const long = "x".repeat(256);

  it.each<[field: string, allowed: string, name: string, overrides: (name: string) => Overrides]>([
    ["aws_ecs_service.redis.name", ECS_NAME, "", (name) => ({ redisService: { name } })],
    ["aws_ecs_service.redis.name", ECS_NAME, "a b", (name) => ({ redisService: { name } })],
    ["aws_ecs_service.redis.name", ECS_NAME, long, (name) => ({ redisService: { name } })],
    ["aws_ecs_task_definition.app.family", ECS_NAME, "", (family) => ({ appTask: { family } })],
    [
      "aws_ecs_cluster.main.name",
      ECS_NAME,
      "",
      (name) => ({ resource: { aws_ecs_cluster: { main: { name } } } }),
    ],
    ["aws_ecs_service.redis.cluster", CLUSTER, "", (cluster) => ({ redisService: { cluster } })],
    [
      "aws_ecs_service.redis.cluster",
      CLUSTER,
      "arn:aws:ecs:eu-central-1:123456789012:cluster/",
      (cluster) => ({ redisService: { cluster } }),
    ],
    [
      "data.aws_ecs_cluster.shared.cluster_name",
      ECS_NAME,
      "",
      (cluster_name) => ({
        redisService: { cluster: "${data.aws_ecs_cluster.shared.arn}" },
        data: { aws_ecs_cluster: { shared: { cluster_name } } },
      }),
    ],
  ])("is refused with its field: %s", async (field, allowed, name, overrides) => {
    expect(await read(template(overrides(name)))).toMatchObject({
      code: "ERR_TEMPLATE",
      message: expect.stringContaining(`${field}: ${allowed}`),
    });
  });

  it.each(["", ".", "a..b", "-redis", "redis-", "x".repeat(64), "r e"])(
    "is refused in Cloud Map: %j",
    async (name) => {
      expect(await read(template({ discovery: { name } }))).toMatchObject({
        code: "ERR_TEMPLATE",
        message: expect.stringContaining(
          "aws_service_discovery_service.redis.name: expected labels of letters, digits, _ and -",
        ),
      });
    },
  );

  it.each(["_redis._tcp", "a", "x".repeat(63), "dev-redis"])(
    "is accepted in Cloud Map: %j",
    async (name) => {
      expect(await read(template({ discovery: { name } }))).toBeUndefined();
    },
  );

  it("is refused for a namespace if it has more than 253 characters", async () => {
    const longest = `${"x.".repeat(126)}x`;
    const [taken, refused] = [longest, `${longest}x`].map((name) =>
      template({ resource: { aws_service_discovery_private_dns_namespace: { main: { name } } } }),
    );
    await expect(readTemplate(taken ?? {}, known)).resolves.toBeDefined();
    await expect(readTemplate(refused ?? {}, known)).rejects.toThrow(
      "main.name: expected labels of letters, digits, _ and -, at most 253 characters",
    );
  });

  it("is accepted if AWS only knows a part of it", async () => {
    const data = { aws_region: { current: {} } };
    const name = "redis-${data.aws_region.current.id}";
    expect(await read(template({ redisService: { name }, data }))).toBeUndefined();
  });
});

describe("a meta-argument with the name of an inherited property", () => {
  it.each(["__proto__", "constructor", "toString"])(
    "is not modelled: lifecycle.%s",
    async (name) => {
      const lifecycle = JSON.parse(`{ "${name}": { "a": 1 } }`) as object;
      expect(await read(template({ redisService: { lifecycle } }))).toMatchObject({
        code: "ERR_UNSUPPORTED",
        message: `aws_ecs_service.redis.lifecycle.${name} is not modelled by the local ECS`,
      });
    },
  );
});

describe("a template that tries to read a local file", () => {
  it.each(["file", "templatefile", "filebase64", "fileset", "constructor", "__proto__"])(
    "is refused, because %s() is not evaluated",
    async (name) => {
      const stolen = `\${${name}("/etc/hostname")}`;
      expect(await read(template({ appService: { name: stolen } }))).toMatchObject({
        code: "ERR_UNSUPPORTED",
        message: expect.stringContaining(`the function ${name}()`),
      });
    },
  );
});

describe("a template of another provider", () => {
  it("is refused with the address of each resource", async () => {
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
