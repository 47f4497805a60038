// README's module and docs/own-terraform.md, in a root module of the reader's outside the clone.
import { mkdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { codeIn } from "../support/markdown.ts";
import { type Engine, Reader } from "./support/reader.ts";
import { CLONE, Section } from "./support/section.ts";

const ENGINES: readonly Engine[] = ["with Podman", "without an engine"];
const example = readFileSync(join(CLONE, "examples/terraform/main.tf"), "utf8");
const readme = readFileSync(join(CLONE, "README.md"), "utf8");

/** An app with `createRedis`, which says when Redis has answered. */
const SERVER = `
const { createRedis } = require(${JSON.stringify(join(CLONE, "runtime/dist/cjs/ioredis.js"))});
const redis = createRedis(process.env.REDIS_URL, { password: process.env.REDIS_PASSWORD });
redis.on("error", ({ message }) => console.log(message));
redis.set("greeting", "hello").then(() => console.log("the app has asked Redis"));
require("node:http").createServer((_, answer) => answer.end()).listen(process.env.PORT, process.env.HOST);
`;
const STEADY = /dev-redis: \(service dev-redis\) has reached a steady state/;

/** A relative path: the module calls one beside it, which Terraform does not find from an absolute path. */
const moduleFrom = (folder: string): string =>
  `source = "${relative(folder, join(CLONE, "modules/redis"))}"`;

/** README's module in a root module of the reader's, by the path of the clone. */
function writeRootModule(reader: Reader): void {
  const [module = ""] = codeIn(readme, "hcl");
  const source = moduleFrom(reader.app);
  const own = module
    .replace(/source += "[^"]*"/, source)
    // The example has hosts without a capacity provider, which README allows.
    .replaceAll(/^ +(?:capacity_provider|depends_on) .*\n/gm, "");
  const main = example.replace(/^module "redis" \{\n[^]*?^\}\n/m, () => own);
  expect(main).toContain(source);
  reader.write("main.tf", main);
}

describe.each(ENGINES)("a root module of the reader's, %s", (engine) => {
  it("runs with README's module", async () => {
    using reader = new Reader(engine);
    writeRootModule(reader);
    const command = `npm run local --prefix ${CLONE} -- --template main.tf`;
    expect(await reader.runUntil(command, STEADY)).toContain("dev-app");
  });
});

/** Whether `terraform init` finds the providers. TERRAFORM_EVALUATES demands it. */
async function initialised(reader: Reader, command: string): Promise<string | undefined> {
  const why = await reader.run(command).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  if (why !== undefined && process.env["TERRAFORM_EVALUATES"] !== undefined) throw new Error(why);
  return why;
}

it("README's module is valid, where Terraform and its providers can be had", async ({ skip }) => {
  using reader = new Reader();
  writeRootModule(reader);
  const why = await initialised(reader, "terraform init -input=false -backend=false -no-color");
  skip(why !== undefined, `terraform init: ${why}`);
  expect(await reader.run("terraform validate -no-color")).toContain("configuration is valid");
});

it("a new Redis runs before its first apply, where Terraform and its providers can be had", async ({
  skip,
}) => {
  using reader = new Reader("without an engine");
  const section = new Section("docs/own-terraform.md", "A new Redis", reader.app);
  const [code = ""] = codeIn(section.text, "hcl");
  const [, module = "", rule = ""] =
    /^(module[^]*?^\}\n)[^]*?^(resource[^]*?^\}\n)/m.exec(code) ?? [];
  const main = example
    .replace(/^module "redis" \{\n[^]*?^\}\n/m, () =>
      module.replace(/source += "[^"]*"/, moduleFrom(join(reader.app, "infra"))),
    )
    .replace(/^resource "aws_vpc_security_group_ingress_rule" [^]*?^\}\n/m, () => rule);
  expect(main).toContain("60999");
  mkdirSync(join(reader.app, "infra"));
  reader.write("infra/main.tf", main);
  reader.write("server.js", SERVER);
  const why = await initialised(reader, section.next("terraform"));
  skip(why !== undefined, `terraform init: ${why}`);
  expect(await reader.run(section.next("npm run local"), undefined, true)).toContain(
    "dev-redis, 1 task",
  );
  const run = await reader.runUntil(
    `${section.next("npm run local")} --yes`,
    /the app has asked Redis/,
  );
  expect(run).toContain("dev-redis");
  section.end();
});
