import { describe, expect, it } from "vitest";
import { environments as deployed } from "../../../environments.ts";
import type { EnvironmentsInput } from "../../../stacks/config/environment-schema.ts";
import { otherEnvironments } from "../support/other-environments.ts";
import { refusal } from "../support/refusal.ts";
import { all, devWith, minimalEnvironment, templateOf } from "../support/template.ts";

const boundary = "arn:aws:iam::123456789012:policy/teams/edge";
const environments: EnvironmentsInput = { ...deployed, ...otherEnvironments };

describe("the permissions boundary of an environment", () => {
  it.each(Object.keys(environments))("is set on every role of %s", (name) => {
    const permissionsBoundaryArn = `arn:aws:iam::${environments[name]?.account}:policy/edge`;
    const environment = { ...environments[name], permissionsBoundaryArn };
    const roles = all(templateOf({ [name]: environment }, name), "aws_iam_role");
    expect(roles.length).toBeGreaterThan(1);
    for (const [id, role] of roles) {
      expect([id, role["permissions_boundary"]]).toEqual([id, permissionsBoundaryArn]);
    }
  });

  it("is not set by default", () => {
    for (const [, role] of all(devWith(), "aws_iam_role")) {
      expect(role).not.toHaveProperty("permissions_boundary");
    }
  });

  it("may be a policy of AWS, but not of another account or partition", () => {
    const managed = "arn:aws:iam::aws:policy/PowerUserAccess";
    expect(() => devWith({ permissionsBoundaryArn: managed })).not.toThrow();
    for (const wrong of [
      boundary.replace("123", "999"),
      boundary.replace("arn:aws", "arn:aws-cn"),
    ]) {
      const dev = { ...minimalEnvironment, permissionsBoundaryArn: wrong };
      expect(refusal({ dev }).message).toContain(
        "a policy of the account 123456789012 or of AWS in the partition aws",
      );
    }
  });
});
