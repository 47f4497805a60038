import { describe, expect, it } from "vitest";
import { refuseCollisions } from "../../../../stacks/config/contradictions/collisions.ts";
import { parseEnvironments } from "../../../../stacks/config/parse-environments.ts";
import type { EnvironmentInput } from "../../../../stacks/config/environment-schema.ts";
import { existingParts, leastEnvironment } from "../../support/template.ts";

type Changes = Partial<EnvironmentInput>;

/** Each environment alone is valid: an error is always about both. */
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

describe("two environments in one namespace", () => {
  const { network, namespace } = existingParts;
  const guest = { network, namespace };

  it("share it by its id, name and VPC", () => {
    expect(collisions(guest, guest)).toEqual([]);
  });

  it("are refused when they call it by two names", () => {
    expect(collisions(guest, { network, namespace: { ...namespace, name: "prod-ecs" } })).toEqual([
      'qa2.namespace.name: got "prod-ecs" for ns-0123, which qa1 calls "dev-ecs"; ' +
        "allowed: the same in both",
    ]);
  });

  it("are refused when they see it in two VPCs", () => {
    const elsewhere = {
      network: { ...network, vpcId: "vpc-0b" },
      namespace: { ...namespace, vpcId: "vpc-0b" },
    };
    expect(collisions(guest, elsewhere)).toEqual([
      'qa2.namespace.vpcId: got "vpc-0b" for ns-0123, which qa1 calls "vpc-0a1b"; ' +
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

  it("are fine when it is created in the VPC of both, or is another one of the same name", () => {
    const creator = { network, namespace: { name: "dev-ecs" } };
    expect(collisions(creator, guest)).toEqual([]);
    const elsewhere = { ...creator, network: { ...network, vpcId: "vpc-0b" }, region: "eu-west-2" };
    expect(collisions(elsewhere, guest)).toEqual([]);
  });

  it("are refused when the namespace of one hides the name of the other's Redis", () => {
    const shared = { network, namespace: { name: "games" } };
    const longer = { network, namespace: { name: "qa1-redis.games" } };
    expect(collisions(shared, longer)).toEqual([
      'qa2.namespace.name: "qa1-redis.games" of qa2 hides "qa1-redis.games", the name of qa1\'s ' +
        "Redis; allowed: a namespace that is not part of it",
    ]);
    expect(collisions(shared, { namespace: longer.namespace })).toEqual([]);
    expect(collisions(shared, { network, namespace: { name: "sub.games" } })).toEqual([]);
  });
});

describe("two environments with one state", () => {
  const state = { kind: "s3", bucket: "states" } as const;

  it("are refused", () => {
    const key = "games.tfstate";
    expect(collisions({ state: { ...state, key } }, { state: { ...state, key } })).toEqual([
      'qa2.state.key: got "games.tfstate" in states, where qa1 keeps its state; allowed: another key',
    ]);
    const state1 = { ...state, key: "qa2/terraform.tfstate" };
    expect(collisions({ state: state1 }, { state })).toHaveLength(1);
  });

  it("are fine with their own keys, or buckets", () => {
    expect(collisions({ state }, { state })).toEqual([]);
    const key = "games.tfstate";
    expect(
      collisions({ state: { ...state, key } }, { state: { ...state, key, bucket: "others" } }),
    ).toEqual([]);
  });
});

describe("two environments on one cluster", () => {
  const { network, cluster } = existingParts;

  it("are fine with one port range", () => {
    expect(collisions({ network, cluster }, { network, cluster })).toEqual([]);
  });

  it("are refused with two, as the hosts have one", () => {
    const other = { ...cluster, dynamicPortRange: { from: 40_000, to: 41_000 } };
    expect(collisions({ network, cluster }, { network, cluster: other })).toEqual([
      "qa2.cluster.dynamicPortRange: got 40000 to 41000 for the hosts of games, which have " +
        "32768 to 49000 in qa1; allowed: the same in both",
    ]);
  });

  it("are refused with two when one of them creates it", () => {
    const shared = { network, cluster: { ...cluster, name: "qa1" } };
    expect(collisions({}, shared)).toEqual([
      expect.stringContaining("qa2.cluster.dynamicPortRange: got 32768 to 49000"),
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

  it("are fine with folders side by side, or on two file systems", () => {
    expect(collisions(at("/redis"), at("/redis2"))).toEqual([]);
    expect(collisions(at("/redis"), at("/redis", "fs-02"))).toEqual([]);
    expect(collisions({}, {})).toEqual([]);
  });
});

describe("two environments with one host name", () => {
  const { app } = leastEnvironment;
  const named = (hostname: string, hostedZoneId?: string) => ({
    app: {
      ...app,
      loadBalancer: { ...app.loadBalancer, hostname, ...(hostedZoneId && { hostedZoneId }) },
    },
  });

  it("are refused when both make its record in the zone", () => {
    const both = named("app.example.com", "Z0123ABC");
    expect(collisions(both, both)).toEqual([
      'qa2.app.loadBalancer.hostname: got "app.example.com" in zone Z0123ABC, where qa1 has its ' +
        "record; allowed: another name",
    ]);
  });

  it("are fine with two names, in two zones, and where its owner makes the record", () => {
    const one = named("app.example.com", "Z0123ABC");
    expect(collisions(one, named("api.example.com", "Z0123ABC"))).toEqual([]);
    expect(collisions(one, named("app.example.com", "Z4567DEF"))).toEqual([]);
    expect(collisions(named("app.example.com"), named("app.example.com"))).toEqual([]);
    expect(collisions({ app: { ...app, loadBalancer: false } }, one)).toEqual([]);
  });
});
