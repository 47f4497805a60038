import { describe, expect, it } from "vitest";
import { merged, providersOf } from "../../../tools/lock/providers-of.ts";
import { required } from "../../stacks/support/locks.ts";
import { external, minimalEnvironment } from "../../stacks/support/template.ts";

const requiring = (version: string) => ({
  terraform: { required_providers: { own: { source: "games/own", version } } },
});

describe("the providers of all environments", () => {
  it("are the union of those of each environment", () => {
    const apart = { ...minimalEnvironment, ...external, network: { cidr: "10.1.0.0/16" } };
    const { terraform } = providersOf({ apart, dev: minimalEnvironment });
    expect(terraform.required_providers).toEqual({
      "hashicorp-aws": { source: "hashicorp/aws", version: required.aws },
      "hashicorp-random": { source: "hashicorp/random", version: required.random },
    });
  });

  it("are refused with two versions of the same provider", () => {
    expect(() => merged([requiring("1.0.0"), requiring("1.1.0")])).toThrow(
      expect.objectContaining({
        code: "ERR_LOCK_CONFLICT",
        message: "games/own: the environments require 1.0.0 and 1.1.0; a lock file has one version",
      }),
    );
  });
});
