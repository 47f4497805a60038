import { describe, expect, it } from "vitest";
import { artifactsOptions } from "../../../harness/commands/artifacts-options.ts";
import { UsageError } from "../../../harness/commands/command-line.ts";
import { releaseOptions } from "../../../harness/commands/release-options.ts";

const allowed = "allowed is X.Y.Z, three whole numbers without v, such as 1.2.0";

/** What the command says of arguments that are wrong. */
function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return "";
}

describe("npm run release", () => {
  it("takes a version, and makes the release", () => {
    const expected = { version: "1.2.0", isDryRun: false, isChecked: true };
    expect(releaseOptions(["1.2.0"])).toEqual(expected);
  });

  it("only tells of it with --dry-run, without the checks if told so", () => {
    expect(releaseOptions(["1.2.0", "--dry-run"])).toMatchObject({
      isDryRun: true,
      isChecked: true,
    });
    expect(releaseOptions(["--dry-run", "--no-checks", "1.2.0"])).toEqual({
      version: "1.2.0",
      isDryRun: true,
      isChecked: false,
    });
  });

  it.each<[string[], string]>([
    [[], `error: no version; ${allowed}`],
    [["--dry-run"], `error: no version; ${allowed}`],
    [["v1.2.3"], `error: version 'v1.2.3'; ${allowed}`],
    [["1.2"], `error: version '1.2'; ${allowed}`],
    [["banana"], `error: version 'banana'; ${allowed}`],
    [["1.2.0-rc.1"], `error: version '1.2.0-rc.1'; ${allowed}`],
    [
      ["1.2.0", "1.3.0"],
      "error: unexpected argument '1.3.0'; allowed: options and [version], see --help",
    ],
    [
      ["1.2.0", "--force"],
      "error: unknown option '--force'; allowed: --dry-run, --no-checks, --help",
    ],
    [
      ["1.2.0", "--no-checks"],
      "error: --no-checks is allowed with --dry-run alone: a release is checked",
    ],
  ])("refuses %j", (args, sentence) => {
    expect(refusalOf(() => releaseOptions(args))).toBe(sentence);
  });
});

describe("npm run artifacts", () => {
  it("takes a tag", () => {
    expect(artifactsOptions(["v1.2.0"])).toEqual({ tag: "v1.2.0" });
  });

  it("refuses to go without one", () => {
    expect(refusalOf(() => artifactsOptions([]))).toBe(
      "error: no tag; allowed is vX.Y.Z, such as v1.2.0",
    );
  });
});
