import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingTerraform } from "../../stacks/terraform-program.ts";

const BY_CDKTF = { CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS: "true" };

/** What is said where these programs are on PATH, and no other. */
function said(programs: readonly string[], variables: Record<string, string> = BY_CDKTF) {
  const folder = mkdtempSync(join(tmpdir(), "programs-"));
  try {
    for (const name of programs) {
      writeFileSync(join(folder, name), "");
      chmodSync(join(folder, name), 0o755);
    }
    return missingTerraform({ PATH: `/nowhere:${folder}`, ...variables });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the warning that Terraform is missing", () => {
  it("says what to install, when the cdktf command will not find it", () => {
    expect(said([])).toMatch(
      /^warning: terraform is not on PATH; cdktf diff, deploy and destroy need it\. Install Terraform 1\.11 or later .*TERRAFORM_BINARY_NAME=tofu\.$/,
    );
  });

  it("says how to use OpenTofu where that is there", () => {
    expect(said(["tofu"])).toContain("OpenTofu is there: set TERRAFORM_BINARY_NAME=tofu.");
  });

  it("names the program that the variable names", () => {
    const variables = { ...BY_CDKTF, TERRAFORM_BINARY_NAME: "/opt/tofu" };
    expect(said(["terraform"], variables)).toContain(
      "TERRAFORM_BINARY_NAME: there is no /opt/tofu",
    );
  });

  it.each<[string, readonly string[], Record<string, string>]>([
    ["Terraform is there", ["terraform"], BY_CDKTF],
    ["the variable's program is there", ["tofu"], { ...BY_CDKTF, TERRAFORM_BINARY_NAME: "tofu" }],
    ["npm run synth was called, which needs none", [], {}],
  ])("is none where %s", (_why, programs, variables) => {
    expect(said(programs, variables)).toBeUndefined();
  });
});
