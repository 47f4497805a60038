import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSavedPlan, readTemplate } from "../../../../../../harness/ecs/index.ts";
import { asOptionError } from "../../../../../../harness/commands/shared/options/option-errors.ts";
import { inCorpus } from "../../../../../support/plans/corpus.ts";
import { firstPlan, type Json, type Planned, service } from "../fixture.ts";

let top = "";
let folders = 0;
beforeAll(async () => {
  top = await mkdtemp(path.join(tmpdir(), "source-"));
});
afterAll(() => rm(top, { recursive: true }));

/** A folder with these files. */
async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = path.join(top, String((folders += 1)));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}

const unknown = (address = "aws_ecs_task_definition.app"): Planned => ({
  address,
  values: { family: "app", network_mode: "bridge" },
  // Its role is not known either: that it has one is enough.
  unknown: { arn: true, container_definitions: true, execution_role_arn: true },
  written: { container_definitions: { references: ["aws_db_instance.main"] } },
});

const database: Planned = {
  address: "aws_db_instance.main",
  values: { engine: "mysql", identifier: "main" },
  unknown: { address: true, port: true, endpoint: true, arn: true, master_user_secret: true },
};

/** The containers of a plan whose definition is in a file, and what replaces unknown values. */
async function containersOf(plan: Json, folder: string, attributes = {}) {
  const saved = await readSavedPlan(plan, { configuration: folder, attributes });
  const { parameters } = saved.external;
  const { plan: read, secrets } = await readTemplate(saved.first, { parameters, drawn: new Map() });
  const [definition] = read.taskDefinitions.values();
  return { containers: definition?.containers ?? [], saved, secrets };
}

/** The error for a body of a task definition. */
const refusal = async (body: string, files: Readonly<Record<string, string>> = {}) => {
  const main = `resource "aws_ecs_task_definition" "app" {\n${body}\n}\nresource "aws_db_instance" "main" {}\n`;
  const folder = await folderWith({ "main.tf": main, ...files });
  return containersOf(firstPlan(unknown(), service("app"), database), folder).then(
    () => "accepted",
    (error: unknown) => String(error),
  );
};

const definition = (environment: string, name = "app"): string => `
resource "aws_db_instance" "main" {}
resource "aws_ecs_task_definition" "${name}" {
  container_definitions = jsonencode([{
    name        = "app"
    image       = "shop:1" # a comment
    memory      = 64
    entrypoint  = ["node"]
    environment = [${environment}]
  }])
}`;

describe("container definitions that are not known before apply", () => {
  it("have placeholders in place of what is unknown, each listed once", async () => {
    const environment = `
      { name = "HOST", value = aws_db_instance.main.address },
      { name = "URL", value = "mysql://\${aws_db_instance.main.address}:\${aws_db_instance.main.port}" },
      { name = "AT", value = split(":", aws_db_instance.main.endpoint)[0] },
      { name = "ENGINE", value = upper(aws_db_instance.main.engine) }`;
    const folder = await folderWith({ "main.tf": definition(environment) });
    const plan = firstPlan(unknown(), service("app"), database);
    const { containers, saved } = await containersOf(plan, folder);
    expect(containers[0]).toMatchObject({
      image: "shop:1",
      entryPoint: ["node"],
      environment: {
        HOST: "aws-db-instance.main.address.invalid",
        URL: "mysql://aws-db-instance.main.address.invalid:3306",
        AT: "aws-db-instance.main.endpoint.invalid",
        ENGINE: "MYSQL",
      },
    });
    expect(saved.placeholders.map(({ attribute }) => attribute)).toEqual([
      "aws_db_instance.main.address",
      "aws_db_instance.main.port",
      // Its host alone.
      "aws_db_instance.main.endpoint",
    ]);
    expect(saved.settable).toEqual([
      "aws_db_instance.main.address",
      "aws_db_instance.main.port",
      "aws_db_instance.main.endpoint",
    ]);
    expect(saved.notes.map(({ text }) => text)).toContainEqual(
      `container_definitions is not known before apply; it is read from ${folder}`,
    );
  });

  it("have placeholders with the parts of ARNs, URLs and ids, of which the made-up ones are listed", async () => {
    const plan = inCorpus("unknown-arn");
    const { containers, saved } = await containersOf(plan, path.dirname(plan));
    expect(containers[0]?.environment).toEqual({
      REGION: "eu-central-1",
      ACCOUNT: "123456789012",
      QUEUE: "parts-jobs",
      QUEUE_NAME: "parts-jobs",
      KEY: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      GROUP: expect.stringMatching(/^[0-9a-f]{17}$/),
    });
    expect(saved.placeholders.map(({ attribute }) => attribute)).toEqual(["aws_kms_key.main.arn"]);
  });

  it("that cannot be evaluated are given by --value first", async () => {
    const environment = `{ name = "PART", value = split(":", aws_db_instance.main.address)[3] }`;
    const folder = await folderWith({ "main.tf": definition(environment) });
    const plan = firstPlan(unknown(), service("app"), database);
    const thrown = await containersOf(plan, folder).catch(asOptionError);
    expect(String(thrown)).toMatch(/--value [^\n]*aws_db_instance\.main\.address\n[^\n]*-target=/);
  });

  it("have the given values", async () => {
    const environment = `{ name = "HOST", value = aws_db_instance.main.address }`;
    const folder = await folderWith({ "main.tf": definition(environment) });
    const plan = firstPlan(unknown(), service("app"), database);
    const attributes = { "aws_db_instance.main.address": "127.0.0.1" };
    const { containers, saved } = await containersOf(plan, folder, attributes);
    expect(containers[0]?.environment).toEqual({ HOST: "127.0.0.1" });
    expect(saved.placeholders).toEqual([]);
  });

  it("have a random value for a secret that has none in the plan", async () => {
    const main = `
      resource "aws_db_instance" "main" {}
      resource "aws_secretsmanager_secret" "key" {}
      resource "aws_ecs_task_definition" "app" {
        container_definitions = jsonencode([{ name = "app", image = "shop:1", memory = 64, secrets = [
          { name = "KEY", valueFrom = "\${aws_secretsmanager_secret.key.arn}:key::" },
          { name = "DB", valueFrom = "\${aws_db_instance.main.master_user_secret[0].secret_arn}:password::" },
        ] }])
      }`;
    const secret: Planned = {
      address: "aws_secretsmanager_secret.key",
      values: { name: "shop/key" },
      unknown: { arn: true },
    };
    const plan = firstPlan(unknown(), service("app"), database, secret);
    const { containers, saved, secrets } = await containersOf(
      plan,
      await folderWith({ "main.tf": main }),
    );
    const values = containers[0]?.secrets.map((each) => secrets.resolve(each));
    expect(values).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}$/),
      expect.stringMatching(/^[0-9a-f]{32}$/),
    ]);
    const text = "has no value in the plan; containers get a random one, unless you give one";
    expect(saved.notes).toEqual(
      expect.arrayContaining([
        { address: "shop/key", text },
        { address: "aws_db_instance.main", text },
      ]),
    );
  });

  it("are read with variables, locals, for_each, templates and modules", async () => {
    const main = `
      variable "release" {
        type = string
      }
      locals {
        apps = { web = { port = 80 }, worker = { port = 81 } }
      }
      resource "aws_db_instance" "main" {
        count = 1
      }
      resource "aws_ecs_task_definition" "app" {
        for_each              = local.apps
        container_definitions = module.container[each.key].definitions
      }
      module "container" {
        source   = "../shared"
        for_each = local.apps
        name     = each.key
        port     = each.value.port
        image    = "shop:\${var.release}"
        host     = join(",", aws_db_instance.main[*].address)
      }`;
    const inside = `
      variable "name" {}
      variable "image" {}
      variable "host" {}
      variable "port" {
        type = number
      }
      variable "pair" {
        type    = tuple([string, number])
        default = ["a", 1]
      }
      variable "memory" {
        default = 64
      }
      output "unused" {
        value = missing_function()
      }
      output "definitions" {
        value = templatefile("\${path.module}/c.tftpl", { name = var.name, image = var.image, host = var.host, port = var.port, memory = var.memory + var.pair[1] - 1 })
      }`;
    const text = `[{"name":"\${name}","image":"\${image}","memory":\${memory},
      "portMappings":[{"containerPort":\${port}}],
      "environment":[%{ if host != "" }{"name":"HOST","value":"\${host}"}%{ endif }]}]`;
    const folder = await folderWith({
      "live/main.tf": main,
      "shared/main.tf": inside,
      "shared/c.tftpl": text,
    });
    const plan = firstPlan(
      unknown('aws_ecs_task_definition.app["web"]'),
      service("web", {}, "app"),
      {
        ...database,
        address: "aws_db_instance.main[0]",
      },
    );
    plan.variables = { release: { value: "7" } };
    const { containers } = await containersOf(plan, path.join(folder, "live"));
    expect(containers[0]).toMatchObject({
      name: "web",
      image: "shop:7",
      portMappings: [{ containerPort: 80 }],
      environment: { HOST: "aws-db-instance.main-0.address.invalid" },
    });
  });
});

describe("definitions that cannot be read", () => {
  it.each([
    ["an unknown function", "container_definitions = jsonencode(mystery())", "mystery()"],
    ["no text", "container_definitions = jsonencode({})", "is not a list in JSON"],
    ["no such argument", 'family = "x"', "container_definitions is not declared"],
    ["no such local", "container_definitions = local.gone", "local.gone is not declared"],
    ["a module without files", "container_definitions = module.m.x", "the files of module.m"],
    [
      "a local that refers to itself",
      "container_definitions = local.loop",
      "local.loop refers to itself",
    ],
    ["a file outside", 'container_definitions = file("/etc/hostname")', "is not in the"],
    ["a link to one", 'container_definitions = file("link")', "is not in the"],
    ["a missing file", 'container_definitions = file("gone")', "cannot be read"],
  ])("are refused with the reason: %s", async (_, body, message) => {
    const more = `locals {\n  loop = local.loop\n}\nmodule "m" {\n  source = "example/m/aws"\n}\n`;
    const main = `resource "aws_ecs_task_definition" "app" {\n${body}\n}\n`;
    const folder = await folderWith({ "main.tf": main, "more.tf": more });
    await symlink("/etc/hostname", path.join(folder, "link"));
    const plan = firstPlan(unknown(), service("app"), database);
    await expect(containersOf(plan, folder)).rejects.toThrow(message);
    await expect(containersOf(plan, folder)).rejects.toThrow("terraform apply -target=");
  });

  it("are refused with the file if it is not HCL", async () => {
    expect(await refusal("container_definitions = [", {})).toContain("main.tf");
  });

  it("are refused with the option if there are no files", async () => {
    const plan = firstPlan(unknown(), service("app"), database);
    const saved = await readSavedPlan(plan);
    await expect(readTemplate(saved.first, { parameters: {}, drawn: new Map() })).rejects.toThrow(
      "give the folder of the plan's .tf files in the option configuration",
    );
    await expect(readSavedPlan(plan, { configuration: top })).rejects.toThrow(
      `${top} is not a folder with .tf files; give the folder of the plan's .tf files in the option configuration`,
    );
  });
});
