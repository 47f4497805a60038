import { describe, expect, it } from "vitest";
import { markdown } from "../../../stacks/gate/markdown.ts";
import { type Change, create, find, SERVICE, verdictOf } from "./support/plans.ts";

const effects = { redis: "not touched", users: "notice nothing" };

function written(change: Change = () => {}): string {
  return markdown(verdictOf("stg-app-release", "stg", change), "stg", effects);
}

/** The text outside of code spans: https://spec.commonmark.org/0.31.2/#code-spans */
function outsideCode(page: string): string {
  return page
    .split("\n")
    .map((line) => line.replaceAll(/(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)/g, "CODE"))
    .join("\n");
}

describe("the verdict as Markdown", () => {
  it("says what changes, and what that means for Redis and for users", () => {
    expect(written().split("\n").slice(0, 9)).toEqual([
      "### ✓ Passed: `stg: only a release of the app`",
      "",
      "- Redis: not touched",
      "- Users: notice nothing",
      "",
      "**Changes**",
      "",
      "- `aws_ecs_service.app_service` `update`: `task_definition`",
      "- `aws_ecs_task_definition.app_task_definition` `replace`: `container_definitions.app.image`",
    ]);
  });

  it("says what was refused, and why", () => {
    const page = written((draft) => create(draft, "terraform_data.run"));
    expect(page).toMatch(/^### ✗ Refused: `stg: not a release of the app; /);
    expect(page).toContain(
      "\n**Refused**\n\n- the plan: `terraform_data.run: the environment does not have this resource`\n- `terraform_data.run` `create`\n  - `not the app's resource`\n",
    );
  });

  it.each([
    ["a link", "[see](https://evil.example)"],
    ["an image", "![](https://evil.example/x.png)"],
    ["a bare link", "https://evil.example"],
    ["a mention", "@everyone #1"],
    ["HTML", "<img src=x onerror=alert(1)><!--"],
    ["a heading", "\n# ✓ Passed"],
    ["a new line and a list", "\r\n- [x] reviewed"],
    ["a table", "a | b\n--- | ---"],
    ["backticks", "`@everyone`"],
    ["many backticks", "`` ` ``` @everyone ``"],
    ["a backtick at the end", "@everyone`"],
    ["only backticks", "``"],
    ["a backslash at the end", "x\\"],
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

  it("keeps the names of outputs, arguments and drifted resources as code too", () => {
    const name = "@everyone ` <b>";
    const page = written((draft) => {
      draft["output_changes"] = { [name]: { actions: ["update"] } };
      const { change } = find(draft, SERVICE);
      change.after = { ...change.after, [name]: "x" };
      draft["resource_drift"] = [{ ...find(draft, SERVICE), address: name }];
    });
    expect(page.match(/@everyone/g)?.length).toBeGreaterThan(3);
    expect(outsideCode(page)).not.toMatch(/everyone|[<`]/);
  });
});
