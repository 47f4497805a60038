import { describe, expect, it } from "vitest";
import { refuseCollisions } from "../../stacks/collisions.ts";
import { parseEnvironments, type EnvironmentInput } from "../../stacks/config.ts";
import { existingParts, leastEnvironment } from "./support/template.ts";

type Changes = Partial<EnvironmentInput>;

/** Each environment alone is valid, so whatever is refused is refused for the other's sake. */
function collisions(one: Changes, other: Changes) {
  const alone = (name: string, changes: Changes) =>
    parseEnvironments({ [name]: { ...leastEnvironment, ...changes } });
  return refuseCollisions([...alone("qa1", one), ...alone("qa2", other)]).map(
    ({ environment, field, message }) => `${environment}.${field}: ${message}`,
  );
}

describe("two environments with one namespace", () => {
  const shared = { namespace: { name: "shared" } };

  it("are refused when both create it", () => {
    expect(collisions(shared, shared)).toEqual([
      'qa2.namespace: got "shared", which qa1 creates too; ' +
        "allowed: another name, or the same as existing, with its id, name and vpcId",
    ]);
  });

  it("are refused when one creates it by its default name", () => {
    expect(collisions({}, { namespace: { name: "qa1-ecs" } })).toHaveLength(1);
  });

  it("are two namespaces in two accounts or regions", () => {
    expect(collisions(shared, { ...shared, account: "999999999999" })).toEqual([]);
    expect(collisions(shared, { ...shared, region: "eu-west-2" })).toEqual([]);
  });

  it("are fine when only one creates it", () => {
    const { network, namespace } = existingParts;
    const guest = { network, namespace: { ...namespace, name: "shared" } };
    expect(collisions(shared, guest)).toEqual([]);
    expect(collisions(guest, guest)).toEqual([]);
  });
});

function at(path: string, id = "fs-01"): Changes {
  return {
    network: existingParts.network,
    namespace: existingParts.namespace,
    fileSystem: { id, securityGroupId: "sg-01", path },
  };
}

describe("two environments on one file system", () => {
  it.each([
    ["/redis", "/redis"],
    ["/games", "/games/redis"],
    ["/games/redis", "/games"],
  ])("are refused with the folders %s and %s", (one, other) => {
    expect(collisions(at(one), at(other))).toEqual([
      `qa2.fileSystem.path: got "${other}" of fs-01, where qa1 writes "${one}"; allowed: a folder of its own`,
    ]);
  });

  it("are fine with folders side by side, or on two file systems", () => {
    expect(collisions(at("/redis"), at("/redis2"))).toEqual([]);
    expect(collisions(at("/redis"), at("/redis", "fs-02"))).toEqual([]);
    expect(collisions({}, {})).toEqual([]);
  });
});
