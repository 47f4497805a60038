import { describe, expect, it } from "vitest";
import { analyse } from "../../../harness/upgrade/analyse.ts";
import type { Noticed } from "../../../harness/upgrade/noticed.ts";
import { upgradeComment } from "../../../harness/views/upgrade-comment.ts";
import { APP_RELEASE, recorded, withImage, withOtherFileSystem } from "../upgrade/support/plans.ts";

const PLAYED: Noticed = {
  impact: { sent: 90, failed: 0, away: 0, redisStarts: 0 },
  isComplete: true,
  slowest: 31,
  appStarts: "2",
  lost: "0",
  acknowledged: "70",
  failures: [],
  isGuestBook: true,
};

const NOTICED: Noticed = {
  ...PLAYED,
  impact: { sent: 90, failed: 4, away: 1_250, redisStarts: 1 },
};

const commentOn = async (plan: object, played: Noticed | string, name = "stg") =>
  upgradeComment(await analyse(plan, name), played);

const titleOf = (comment: string): string => comment.split("\n")[0] ?? "";

describe("a comment", () => {
  it("has the verdict in its title, and the figures in a table", async () => {
    const comment = await commentOn(APP_RELEASE, PLAYED);
    expect(titleOf(comment)).toMatch(/^### ✓ `stg`: Redis keeps running, .*no request failed$/);
    const rows = comment.split("\n").filter((line) => line.startsWith("| "));
    expect(
      rows.map((row) =>
        row
          .split("|")
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
    ).toEqual([
      ["users", "measured"],
      ["-".repeat(17), "-".repeat(8)],
      ["requests failed", "0 of 90"],
      ["app away", "0.00 s"],
      ["slowest answer", "0.03 s"],
      ["starts of Redis", "0"],
      ["starts of the app", "2"],
      ["writes lost", "0 of 70"],
    ]);
  });

  it.each<[mark: string, plan: object, played: Noticed | string]>([
    ["✓", APP_RELEASE, "asked not to"],
    ["!", APP_RELEASE, NOTICED],
    ["!", withImage("redis:8.2.1"), PLAYED],
    ["✗", withImage("redis:7.4.1"), PLAYED],
    ["✗", withOtherFileSystem(), "it cannot change here"],
    [
      "✗",
      APP_RELEASE,
      { ...PLAYED, failures: [{ step: "s", claim: "c", held: false, seen: "1" }] },
    ],
  ])("begins with %s", async (mark, plan, played) => {
    expect(titleOf(await commentOn(plan, played))).toMatch(new RegExp(`^### ${mark} `));
  });

  it("says why it was not played, and what happens to the data", async () => {
    const comment = await commentOn(
      withOtherFileSystem(),
      "aws_efs_file_system.storage_efs changes",
    );
    expect(comment).toContain("Not played: `aws_efs_file_system.storage_efs` changes.");
    expect(comment).toMatch(/^- `aws_efs_file_system.storage_efs`: .*To do: /m);
    expect(comment).not.toContain("| requests failed");
  });

  it("says if the change did not complete, and what users noticed until then", async () => {
    const failures = [{ step: "s", claim: "the step completes", held: false, seen: "timeout" }];
    const impact = { sent: 50, failed: 50, away: 9_000 };
    const nothing = { appStarts: undefined, lost: undefined, acknowledged: undefined };
    const played = { ...PLAYED, ...nothing, impact, failures, isComplete: false };
    const comment = await commentOn(APP_RELEASE, played);
    expect(titleOf(comment)).toMatch(/^### ✗ .*50 of 50 requests failed .* without a result$/);
    expect(comment).toContain("✗ the step completes; seen: timeout");
    expect(comment).toMatch(/^\| app away +\| 9.00 s +\|$/m);
    expect(comment).not.toContain("writes");
  });

  it("folds all but the most important resources", async () => {
    const plan = recorded("dev-first-deploy");
    const comment = await commentOn(plan, "no Redis runs");
    const [shown = "", folded = ""] = comment.split("<details>");
    const created = /^- .* created$/gm;
    expect(shown.match(created)).toHaveLength(8);
    expect(folded.match(created)).toHaveLength(plan.resource_changes.length - 8);
  });

  it("lists a resource that a notice is about before others", async () => {
    const comment = await commentOn(withImage("redis:8.2.1", APP_RELEASE), PLAYED);
    const [, resources = ""] = comment.split("**Resources**");
    expect(resources.trim().split("\n")[2]).toContain("`aws_ecs_service.redis_service`");
  });

  it("makes no link, mention or HTML of a plan's text", async () => {
    const evil = "evil/redis:8.2.1-@team-<b>-[x](http://evil.example)-`";
    const comment = await commentOn(withImage(evil), PLAYED, "<i>@team");
    const outside = comment.replaceAll(/(`+)[^`](?:.*?[^`])?\1(?!`)/g, "");
    expect(outside).not.toMatch(/@team|<b>|<i>|evil\.example/);
    expect(comment).toContain("@team");
  });
});
