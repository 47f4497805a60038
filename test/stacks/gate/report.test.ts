import { describe, expect, it } from "vitest";
import { markdown, report } from "../../../stacks/gate/report.ts";
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
  verdictOf,
} from "./support/plans.ts";

function verdict(forge: Forge) {
  const draft = recorded("stg-release");
  forge(draft);
  return verdictOf(draft);
}

const written = (forge: Forge): string => markdown(verdict(forge), "stg");

/** Each line that is not inside of a block of code: https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
function outsideCode(page: string): string[] {
  let isCode = false;
  return page.split("\n").filter((line) => {
    const isFence = isCode ? /^ {0,3}`{3,}[ \t]*$/.test(line) : line.startsWith("```");
    if (isFence) isCode = !isCode;
    return isFence || !isCode;
  });
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
    expect(page).toMatch(/^### ✗ Refused\n\n```text\n/);
    expect(page).toContain("\n✗ terraform_data.run create\n    not the app's resource\n");
    expect(page).toMatch(/\nstg: not a release of the app\n```\n$/);
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
    ["only the end of a code block", "```"],
  ])("keeps %s in a name as code, on its own line", (_, name) => {
    const plain = written((draft) => create(draft, "x.y"));
    const hostile = written((draft) => {
      create(draft, "x.y");
      for (const list of [draft.resource_changes, draft.configuration.root_module.resources]) {
        const last = list.at(-1);
        if (last) last.address = name;
      }
    });
    expect(outsideCode(plain)).toEqual(["### ✗ Refused", "", "```text", "```", ""]);
    expect(outsideCode(hostile)).toEqual(outsideCode(plain));
  });

  it.each<[address: string, of: string]>([
    [REDIS, ", but one of Redis"],
    [REDIS_SERVICE, ", but one of Redis"],
    ["aws_efs_file_system.storage_efs", ", but one of Redis"],
    ["aws_iam_role.app_roles_task", ""],
  ])("says whether %s is one of Redis", (address, of) => {
    const said = report(verdict(action(address, "delete")), "stg");
    expect(said).toContain(`✗ ${address} delete\n    not the app's resource${of}\n`);
  });
});
