import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadEnvironments } from "../../stacks/load-environments.ts";
import { synthesize } from "../../stacks/synthesize.ts";
import { tsc } from "../runtime/support/user-projects.ts";
import { codeIn } from "../support/markdown.ts";

const ROOT = join(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "docs/own-terraform.md"), "utf8");
const example = codeIn(page, "ts").find((code) => code.includes("EnvironmentsInput")) ?? "";
const timeout = 60_000;
const SHARED = "arn:aws:ecs:eu-central-1:111111111111:cluster/shared";

type Resources = Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;

describe("the environments.ts of docs/own-terraform.md", () => {
  const folder = mkdtempSync(join(tmpdir(), "own-network-"));
  for (const name of ["stacks", "node_modules", "package.json"]) {
    symlinkSync(join(ROOT, name), join(folder, name));
  }
  writeFileSync(join(folder, "environments.ts"), example);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it(
    "compiles",
    async () => {
      const extended = { extends: join(ROOT, "tsconfig.json"), include: ["environments.ts"] };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(extended));
      await expect(tsc(["-p", "."], folder)).resolves.toBe("");
    },
    timeout,
  );

  it("synthesizes without a network or a cluster, with one namespace", async () => {
    const outdir = join(folder, "cdktf.out");
    synthesize(await loadEnvironments(join(folder, "environments.ts")), { outdir });
    const [first, second] = ["qa1", "qa2"].map((name) => resourcesOf(outdir, name));
    for (const resources of [first, second]) {
      expect(resources).not.toHaveProperty("aws_vpc");
      expect(resources).not.toHaveProperty("aws_ecs_cluster");
      const services = Object.values(resources?.["aws_ecs_service"] ?? {});
      expect(services.map(({ cluster }) => cluster)).toEqual([SHARED, SHARED]);
    }
    const namespace = "aws_service_discovery_private_dns_namespace";
    expect(Object.values(first?.[namespace] ?? {})).toMatchObject([{ name: "qa1-ecs" }]);
    expect(second).not.toHaveProperty(namespace);
  });
});

function resourcesOf(outdir: string, environment: string): Resources {
  const text = readFileSync(join(outdir, "stacks", environment, "cdk.tf.json"), "utf8");
  return (JSON.parse(text) as { resource: Resources }).resource;
}
