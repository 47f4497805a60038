import { describe, expect, it } from "vitest";
import { environments } from "../../../environments.ts";
import { markdown, redisEffect, report } from "../../../stacks/gate/report.ts";
import { synthesized } from "../../../stacks/gate/synthesized.ts";
import {
  change,
  container,
  create,
  find,
  type Forge,
  recorded,
  REDIS,
  REDIS_SERVICE,
  SERVICE,
  update,
  verdictOf,
} from "./support/plans.ts";

const module = synthesized(environments, "stg");

function verdict(forge: Forge) {
  const draft = recorded("stg-release");
  forge(draft);
  return verdictOf(draft);
}

const written = (forge: Forge): string => markdown(verdict(forge), "stg", "not touched");

/** The text outside of code spans: https://spec.commonmark.org/0.31.2/#code-spans */
function outsideCode(page: string): string {
  const lines = page.split("\n");
  return lines
    .map((line) => line.replaceAll(/(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)/g, "CODE"))
    .join("\n");
}

const action =
  (address: string, ...actions: string[]): Forge =>
  (draft) =>
    (change(draft, address).actions = actions);

describe("the report", () => {
  it("shows a name of the plan on its own line, with nothing hidden", () => {
    const said = verdict((draft) => {
      find(draft, SERVICE).address = "x\n\u001b[2Kstg: only a release of the app";
    });
    const lines = report(said, "stg").split("\n");
    expect(lines.filter((line) => line.startsWith("stg: "))).toHaveLength(1);
    expect(lines.join("\n")).toContain("x\uFFFD\uFFFD[2Kstg: only a release of the app");
  });

  it("has no values, because they may be secrets", () => {
    const said = report(
      verdict((draft) => container(draft, { environment: [{ name: "TOKEN", value: "hunter22" }] })),
      "stg",
    );
    expect(said).toContain("container_definitions.app.environment.TOKEN.value");
    expect(said).not.toContain("hunter22");
  });

  it("lists what was refused, and why, as Markdown", () => {
    const page = written((draft) => create(draft, "terraform_data.run"));
    expect(page).toMatch(/^### ✗ Refused: `stg: not a release of the app`/);
    expect(page).toContain("\n- ✗ `terraform_data.run` `create`\n    - `not the app's resource`\n");
  });

  it.each([
    ["a link", "[see](https://evil.example)"],
    ["a mention", "@everyone #1"],
    ["HTML", "<img src=x onerror=alert(1)><!--"],
    ["a new line and a list", "\r\n- [x] reviewed"],
    ["a table", "a | b\n--- | ---"],
    ["many backticks", "`` ` ``` @everyone ``"],
    ["a backtick at the end", "@everyone`"],
    ["only backticks", "``"],
    ["a code block", "\n```\n@everyone"],
    ["control characters", "x\u001b[2K\u202e"],
    ["nothing", ""],
  ])("keeps %s in a name as code, on its own line", (_, name) => {
    const plain = written((draft) => create(draft, "x.y"));
    const hostile = written((draft) => {
      create(draft, "x.y");
      for (const list of [draft.resource_changes, draft.configuration.root_module.resources]) {
        const last = list.at(-1);
        if (last) last.address = name;
      }
    });
    expect(outsideCode(hostile)).toBe(outsideCode(plain));
  });

  it.each<[what: string, forge: Forge, redis: string]>([
    ["a release", () => {}, "not touched"],
    ["a new revision of Redis", action(REDIS, "delete", "create"), "stops, or restarts"],
    ["the end of Redis", action(REDIS_SERVICE, "delete"), "stops, or restarts"],
    ["fewer tasks", (draft) => update(draft, REDIS_SERVICE, { desired_count: 0 }), "may restart"],
    ["a new file system", action("aws_efs_file_system.storage_efs", "delete"), "may lose its data"],
    ["the end of the app", action(SERVICE, "delete"), "its own resources do not change"],
  ])("explains %s for Redis", (_, forge, redis) => {
    expect(redisEffect(verdict(forge), "stg-redis", module)).toContain(redis);
  });
});
