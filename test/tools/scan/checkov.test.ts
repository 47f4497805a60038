import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkov } from "../../../tools/scan/checkov.ts";
import { scan } from "../../../tools/scan/scanner.ts";

// Uses a stub of checkov, which prints a report.

const folder = mkdtempSync(join(tmpdir(), "checkov-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, "cdk.tf.json");
writeFileSync(
  file,
  JSON.stringify({ terraform: { required_version: ">= 1.11.0", backend: {} }, resource: {} }),
);

/** A stub that prints a report, and records its input and arguments. */
function stub(report: unknown, code = 0): string {
  const program = join(folder, "checkov");
  writeFileSync(join(folder, "report.json"), JSON.stringify(report));
  writeFileSync(
    program,
    `#!/bin/sh\ncp "$2/cdk.tf.json" ${folder}/seen.json\necho "$@" >${folder}/arguments\ncat ${folder}/report.json\nexit ${code}\n`,
  );
  chmodSync(program, 0o755);
  return program;
}

const report = (passed: number, failed: readonly string[] = [], unread = 0): object => ({
  summary: { passed, failed: failed.length, parsing_errors: unread },
  results: { failed_checks: failed.map((id) => ({ check_id: id, resource: "aws_lb.app" })) },
});

const check = (answer: unknown, code?: number) =>
  scan(checkov, { file, accepted: "accepted.yaml", command: stub(answer, code) });

describe("checkov", () => {
  it("returns findings by check and resource, also from several reports", async () => {
    expect(await check([report(2, ["CKV_AWS_2"]), report(1)], 1)).toEqual({
      passed: 3,
      failed: ["CKV_AWS_2 aws_lb.app"],
    });
  });

  it("fails if it could not read the stack, even with exit code 0", async () => {
    await expect(check(report(0, [], 1))).rejects.toThrow("checkov could not read 1 file(s)");
  });

  it.each([[report(0)], [{ passed: 0, failed: 0, skipped: 0, parsing_errors: 0 }], [[]]])(
    "fails if it checked nothing: %j",
    async (answer) => {
      await expect(check(answer)).rejects.toThrow("checkov checked nothing");
    },
  );
});
