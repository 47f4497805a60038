import { describe, expect, it } from "vitest";
import { refuseCollisions } from "../../../../stacks/config/contradictions/collisions.ts";
import { parseEnvironments } from "../../../../stacks/config/parse-environments.ts";
import type { EnvironmentInput } from "../../../../stacks/config/environment-schema.ts";
import { existingParts, minimalEnvironment } from "../../support/template.ts";

type Changes = Partial<EnvironmentInput>;

/** Each environment is valid by itself, so a problem is always about both. */
function collisions(one: Changes, other: Changes) {
  const alone = (name: string, changes: Changes) =>
    parseEnvironments({ [name]: { ...minimalEnvironment, ...changes } });
  return refuseCollisions([...alone("qa1", one), ...alone("qa2", other)]).map(
    ({ environment, field, message }) => `${environment}.${field}: ${message}`,
  );
}

describe("two environments with the same namespace name", () => {
  const shared = { namespace: { name: "shared" } };

  it("are refused when both create it", () => {
    expect(collisions(shared, shared)).toEqual([expect.stringContaining("qa2.namespace:")]);
  });

  it("are accepted in two accounts or regions", () => {
    expect(collisions(shared, { ...shared, account: "999999999999" })).toEqual([]);
    expect(collisions(shared, { ...shared, region: "eu-west-2" })).toEqual([]);
  });

  it("are accepted when only one creates it", () => {
    const { network, namespace } = existingParts;
    const guest = { network, namespace: { ...namespace, name: "shared" } };
    expect(collisions(shared, guest)).toEqual([]);
    expect(collisions(guest, guest)).toEqual([]);
  });
});

describe("two environments in an existing namespace", () => {
  const { network, namespace } = existingParts;
  const guest = { network, namespace };

  it("are refused with different names", () => {
    expect(collisions(guest, { network, namespace: { ...namespace, name: "prod-ecs" } })).toEqual([
      'qa2.namespace.name: got "prod-ecs" for ns-0123, which has "dev-ecs" in qa1; ' +
        "allowed: the same in both",
    ]);
  });

  it("are refused with different VPCs", () => {
    const elsewhere = {
      network: { ...network, vpcId: "vpc-0b" },
      namespace: { ...namespace, vpcId: "vpc-0b" },
    };
    expect(collisions(guest, elsewhere)).toEqual([
      'qa2.namespace.vpcId: got "vpc-0b" for ns-0123, which has "vpc-0a1b" in qa1; ' +
        "allowed: the same in both",
    ]);
  });

  it.each([
    ["creator first", "qa2.namespace.vpcId"],
    ["guest first", "qa2.network.vpcId"],
  ])("are refused when one creates it in another VPC, %s", (order, field) => {
    const creator = { network: { ...network, vpcId: "vpc-0b" }, namespace: { name: "dev-ecs" } };
    const [one, other] = order === "guest first" ? [guest, creator] : [creator, guest];
    expect(collisions(one, other)).toEqual([expect.stringContaining(`${field}: `)]);
  });

  it("are accepted if it is created in their VPC, or if it is another one with the same name", () => {
    const creator = { network, namespace: { name: "dev-ecs" } };
    expect(collisions(creator, guest)).toEqual([]);
    const elsewhere = { ...creator, network: { ...network, vpcId: "vpc-0b" }, region: "eu-west-2" };
    expect(collisions(elsewhere, guest)).toEqual([]);
  });

  it("are refused if the namespace of one hides the SRV name of the other", () => {
    const shared = { network, namespace: { name: "games" } };
    const longer = { network, namespace: { name: "qa1-redis.games" } };
    expect(collisions(shared, longer)).toEqual([
      expect.stringContaining('qa2.namespace.name: "qa1-redis.games" of qa2 hides '),
    ]);
    expect(collisions(shared, { namespace: longer.namespace })).toEqual([]);
    expect(collisions(shared, { network, namespace: { name: "sub.games" } })).toEqual([]);
  });
});

describe("two environments with the same state", () => {
  const state = { kind: "s3", bucket: "states" } as const;

  it("are refused", () => {
    const key = "games.tfstate";
    expect(collisions({ state: { ...state, key } }, { state: { ...state, key } })).toEqual([
      'qa2.state.key: got "games.tfstate" in states, where qa1 keeps its state; allowed: another key',
    ]);
    const state1 = { ...state, key: "qa2/terraform.tfstate" };
    expect(collisions({ state: state1 }, { state })).toHaveLength(1);
  });

  it("are accepted with different keys or buckets", () => {
    expect(collisions({ state }, { state })).toEqual([]);
    const key = "games.tfstate";
    expect(
      collisions({ state: { ...state, key } }, { state: { ...state, key, bucket: "others" } }),
    ).toEqual([]);
  });
});

describe("two environments on one cluster", () => {
  const { network, cluster } = existingParts;

  it("are refused with different port ranges", () => {
    const other = { ...cluster, dynamicPortRange: { from: 40_000, to: 41_000 } };
    expect(collisions({ network, cluster }, { network, cluster: other })).toEqual([
      "qa2.cluster.dynamicPortRange: got 40000 to 41000 for the hosts of games, which have " +
        "32768 to 49000 in qa1; allowed: the same in both",
    ]);
  });

  it("are refused with different port ranges if one of them creates the cluster", () => {
    const shared = { network, cluster: { ...cluster, name: "qa1" } };
    expect(collisions({}, shared)).toEqual([
      expect.stringContaining("qa2.cluster.dynamicPortRange:"),
    ]);
    expect(collisions({}, { ...shared, region: "eu-west-2" })).toEqual([]);
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
      `qa2.fileSystem.path: got "${other}" of fs-01, where qa1 writes "${one}"; allowed: another folder`,
    ]);
  });

  it("are accepted with different folders or file systems", () => {
    expect(collisions(at("/redis"), at("/redis2"))).toEqual([]);
    expect(collisions(at("/redis"), at("/redis", "fs-02"))).toEqual([]);
    expect(collisions({}, {})).toEqual([]);
  });
});

describe("two environments with the same host name", () => {
  const { app } = minimalEnvironment;
  const named = (hostname: string, hostedZoneId?: string) => ({
    app: {
      ...app,
      loadBalancer: { ...app.loadBalancer, hostname, ...(hostedZoneId && { hostedZoneId }) },
    },
  });

  it("are refused if both create its record in the zone", () => {
    const both = named("app.example.com", "Z0123ABC");
    expect(collisions(both, both)).toEqual([
      'qa2.app.loadBalancer.hostname: got "app.example.com" in zone Z0123ABC, where qa1 has its ' +
        "record; allowed: another name",
    ]);
  });

  it("are accepted with different names or zones, or without a zone", () => {
    const one = named("app.example.com", "Z0123ABC");
    expect(collisions(one, named("api.example.com", "Z0123ABC"))).toEqual([]);
    expect(collisions(one, named("app.example.com", "Z4567DEF"))).toEqual([]);
    expect(collisions(named("app.example.com"), named("app.example.com"))).toEqual([]);
    expect(collisions({ app: { ...app, loadBalancer: false } }, one)).toEqual([]);
  });
});
