// README's module and docs/own-terraform.md, in a root module of the reader's outside the clone.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { codeIn } from "../support/markdown.ts";
import { type Engine, Reader } from "./support/reader.ts";
import { CLONE } from "./support/section.ts";

const ENGINES: readonly Engine[] = ["with Podman", "without an engine"];
const example = readFileSync(join(CLONE, "examples/terraform/main.tf"), "utf8");
const readme = readFileSync(join(CLONE, "README.md"), "utf8");
const STEADY = /dev-redis: \(service dev-redis\) has reached a steady state/;

/** README's module in a root module of the reader's, by the path of the clone. */
function writeRootModule(reader: Reader): void {
  const [module = ""] = codeIn(readme, "hcl");
  const source = `source = "${CLONE}/modules/redis"`;
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

it("README's module is valid, where Terraform and its providers can be had", async ({ skip }) => {
  using reader = new Reader();
  writeRootModule(reader);
  const why = await reader.run("terraform init -input=false -backend=false -no-color").then(
    () => undefined,
    (error: unknown) => /^Error: .*|command not found/m.exec(String(error))?.[0] ?? String(error),
  );
  skip(why !== undefined, `terraform init: ${why}`);
  expect(await reader.run("terraform validate -no-color")).toContain("configuration is valid");
});
