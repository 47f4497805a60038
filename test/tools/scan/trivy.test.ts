import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { scan } from "../../../tools/scan/scanner.ts";
import { trivy } from "../../../tools/scan/trivy.ts";

// Uses a stub of trivy, which prints a report.

const folder = mkdtempSync(join(tmpdir(), "trivy-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, "cdk.tf.json");
const template = { terraform: { required_version: ">= 1.11.0" }, resource: {} };
writeFileSync(file, JSON.stringify(template));

function scanned(report: unknown) {
  const command = join(folder, "trivy");
  writeFileSync(join(folder, "report.json"), JSON.stringify(report));
  writeFileSync(
    command,
    `#!/bin/sh\nfor last; do :; done\ncp "$last/cdk.tf.json" ${folder}/seen.json\necho "$@" >${folder}/arguments\ncat ${folder}/report.json\n`,
  );
  chmodSync(command, 0o755);
  return scan(trivy, { file, accepted: "accepted.yaml", command });
}

describe("trivy", () => {
  it.each([[{}], [{ Results: [] }], [{ Results: [{ MisconfSummary: { Successes: 0 } }] }]])(
    "fails if it checked nothing: %j",
    async (report) => {
      await expect(scanned(report)).rejects.toThrow("trivy checked nothing");
    },
  );
});
