import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

const finding = { ID: "AWS-0130", CauseMetadata: { Resource: "aws_launch_template.host" } };

describe("trivy", () => {
  it("reads the unchanged stack in a folder named stack, and the file of accepted findings", async () => {
    await scanned({ Results: [{ MisconfSummary: { Successes: 1 } }] });
    expect(JSON.parse(readFileSync(join(folder, "seen.json"), "utf8"))).toEqual(template);
    expect(readFileSync(join(folder, "arguments"), "utf8")).toMatch(
      /^config --quiet --ignorefile accepted\.yaml --format json \S+\/stack\n$/,
    );
  });

  it("returns the number of passed checks, and findings by check and resource", async () => {
    const report = {
      Results: [
        { Target: ".", MisconfSummary: { Successes: 72, Failures: 0 } },
        { Target: "cdk.tf.json", MisconfSummary: { Successes: 4 }, Misconfigurations: [finding] },
      ],
    };
    expect(await scanned(report)).toEqual({
      passed: 76,
      failed: ["AWS-0130 aws_launch_template.host"],
    });
  });

  it.each([[{}], [{ Results: [] }], [{ Results: [{ MisconfSummary: { Successes: 0 } }] }]])(
    "fails if it checked nothing: %j",
    async (report) => {
      await expect(scanned(report)).rejects.toThrow("trivy checked nothing");
    },
  );
});
