import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkImports, sourcesOf } from "./check.ts";
import { DIRECTIONS } from "./directions.ts";
import { moduleOf, readModules } from "./modules.ts";

const ROOT = join(import.meta.dirname, "../../..");

describe("the check of imports", () => {
  const modules = readModules(ROOT, sourcesOf(ROOT));

  it("finds every import of this repository allowed, and says how many it has read", () => {
    const { problems, summary } = checkImports(modules, DIRECTIONS);
    expect(problems).toEqual([]);
    expect(summary).toMatch(/^\d{3,} modules, \d{4} imports read, 0 problems$/);
  });

  it.each([
    ["stacks/config/names.ts", "../redis/make-redis.ts", "config is not above redis"],
    ["stacks/config/names.ts", "cdktf", "stacks/config/ knows nothing of constructs"],
    ["stacks/cluster/cluster.ts", "../../runtime/src/index.ts", "stacks is not above runtime"],
    ["runtime/src/base/name.ts", "../dns/dns-resolver.ts", "base is not above dns"],
    ["runtime/src/dns/message.ts", "zod", "runtime/ imports nothing but itself"],
    ["harness/ecs/terraform/plan.ts", "../machine/host.ts", "terraform is not above machine"],
    ["harness/views/html.ts", "../ecs/base/state.ts", "harness/ecs/index.ts is all"],
    ["harness/views/html.ts", "../../stacks/synthesize.ts", "harness/plays/ alone synthesizes"],
    ["harness/plays/play.ts", "../../environments.ts", "the commands alone read it"],
    ["harness/plays/play.ts", "../../test/support/browser.ts", "nothing from the tests"],
  ])("forbids %s to import %s, as a type too", (path, specifier, reason) => {
    const broken = moduleOf(path, `import type { Any } from "${specifier}";`);
    const { problems } = checkImports([...modules, broken], DIRECTIONS);
    expect(problems.join("\n")).toContain(reason);
  });

  it("fails when it has read nothing", () => {
    const { problems, summary } = checkImports([], { layered: [], bans: [] });
    expect(problems).toEqual(["no import was read"]);
    expect(summary).toBe("0 modules, 0 imports read, 1 problems");
  });
});

describe("the linter", () => {
  it("finds a circle of types alone", () => {
    const folder = mkdtempSync(join(tmpdir(), "circle-"));
    try {
      writeFileSync(
        join(folder, "a.ts"),
        'import type { B } from "./b.ts";\nexport type A = B[];\n',
      );
      writeFileSync(
        join(folder, "b.ts"),
        'import type { A } from "./a.ts";\nexport type B = A[];\n',
      );
      const oxlint = join(ROOT, "node_modules/.bin/oxlint");
      const args = ["--config", join(ROOT, ".oxlintrc.json"), "--format", "unix", folder];
      const { stdout, status } = spawnSync(oxlint, args, { encoding: "utf8", timeout: 30_000 });
      expect(stdout).toContain("no-cycle");
      expect(status).toBe(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
