import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingTerraform } from "../../stacks/terraform-program.ts";

const BY_CDKTF = { CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS: "true" };

/** The warning if only these programs are on PATH. */
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

describe("missingTerraform", () => {
  it("names what to install if the cdktf command runs without Terraform", () => {
    expect(said([])).toMatch(
      /^warning: terraform is not on PATH; cdktf diff, deploy and destroy need it\. Install Terraform 1\.11 or later .*TERRAFORM_BINARY_NAME=tofu\.$/,
    );
  });

  it("explains how to use OpenTofu if it is installed", () => {
    expect(said(["tofu"])).toContain("OpenTofu is installed: set TERRAFORM_BINARY_NAME=tofu.");
  });

  it("names the program in the variable", () => {
    const variables = { ...BY_CDKTF, TERRAFORM_BINARY_NAME: "/opt/tofu" };
    expect(said(["terraform"], variables)).toContain("TERRAFORM_BINARY_NAME: /opt/tofu not found");
  });

  it.each<[string, readonly string[], Record<string, string>]>([
    ["Terraform is installed", ["terraform"], BY_CDKTF],
    [
      "the variable's program is installed",
      ["tofu"],
      { ...BY_CDKTF, TERRAFORM_BINARY_NAME: "tofu" },
    ],
    ["npm run synth runs, which does not need Terraform", [], {}],
  ])("is undefined if %s", (_why, programs, variables) => {
    expect(said(programs, variables)).toBeUndefined();
  });
});
