import { describe, expect, it } from "vitest";
import { parseEnvironments } from "../../../../stacks/config/parse-environments.ts";
import { refusedLines } from "../../support/refusal.ts";
import { external, minimalEnvironment } from "../../support/template.ts";

const { app, network } = minimalEnvironment;
const unlisted = { memory: 4096, vcpus: 2, interfaces: 3 };

function expectAccepted(changes: object): void {
  expect(() => parseEnvironments({ dev: { ...minimalEnvironment, ...changes } })).not.toThrow();
}

describe("a region", () => {
  it("that does not exist is refused, with a similar one", () => {
    expect(refusedLines({ region: "eu-centrl-1" })).toEqual([
      expect.stringMatching(
        /^dev\.region: got "eu-centrl-1"; allowed: an AWS region such as eu-central-1, perhaps eu-central-1: /,
      ),
    ]);
    expect(refusedLines({ region: "xx-nowhere-9" })[0]).not.toContain("perhaps");
  });

  it("of the state's bucket is checked too", () => {
    const state = { kind: "s3", bucket: "states", region: "eu-west-7" };
    expect(refusedLines({ state })).toEqual([
      expect.stringMatching(/^dev\.state\.region: got "eu-west-7"; .*perhaps eu-west-1/),
    ]);
  });

  it("without tables turns off the checks of zones and types", () => {
    expectAccepted({ region: "cn-north-1" });
    expectAccepted({ region: "us-gov-west-1", network: { ...network, zones: ["a", "f"] } });
  });
});

describe("zones", () => {
  it("that do not exist in a region are refused, with the existing ones", () => {
    expect(refusedLines({ region: "ap-northeast-1" })).toEqual([
      expect.stringMatching(
        /^dev\.network\.zones: missing; allowed: zones of ap-northeast-1: a, c, d .* network\.ownZones: true/,
      ),
    ]);
    expectAccepted({ region: "ap-northeast-1", network: { ...network, zones: ["a", "c"] } });
  });
});

describe("an instance type", () => {
  it("that does not exist is refused", () => {
    expect(refusedLines({ cluster: { instanceType: "t9.small" } })).toEqual([
      expect.stringMatching(
        /^dev\.cluster\.instanceType: got "t9\.small"; allowed: an EC2 instance type such as t3\.small: .*cluster\.size$/,
      ),
    ]);
  });

  it("that is not offered in the zones is refused", () => {
    expect(refusedLines({ region: "me-central-1" })[0]).toMatch(
      /^dev\.cluster\.instanceType: missing; allowed: a type that EC2 offers in the zones a, b of me-central-1; t3\.small is in none/,
    );
    const cluster = { instanceType: "t3.small" };
    expect(
      refusedLines({ region: "us-east-1", network: { ...network, zones: ["a", "e"] }, cluster })[0],
    ).toContain("t3.small is in a, b, c, d, f");
  });

  it("that is not in the tables needs a size, and others must not have one", () => {
    expectAccepted({ cluster: { instanceType: "m99.large", size: unlisted } });
    expect(refusedLines({ cluster: { instanceType: "t3.small", size: unlisted } })).toEqual([
      expect.stringMatching(/^dev\.cluster\.size: got .*; allowed: not set/),
    ]);
  });

  it("without trunking is refused with eniTrunking", () => {
    const inVpc = { ...app, networkMode: "awsvpc" };
    expect(refusedLines({ cluster: { eniTrunking: true }, app: inVpc })).toEqual([
      "dev.cluster.eniTrunking: got true; allowed: false with t3.small, a type without trunking",
    ]);
  });
});

describe("a container", () => {
  it.each([
    ["redis.memory", { redis: { memory: 99_999 } }],
    ["app.memory", { app: { ...app, memory: 1639 } }],
    ["tasks.copy.memory", { tasks: { copy: { command: ["copy"], memory: 4000 } } }],
    [
      "services.search.memory",
      { services: { search: { image: "example.com/search:1", port: 9200, memory: 4000 } } },
    ],
  ])("that is larger than a host is refused: %s", (field, changes) => {
    expect(refusedLines(changes)).toEqual([
      expect.stringMatching(new RegExp(`^dev\\.${field}: got \\d+; allowed: at most 1638 MiB: `)),
    ]);
  });

  it("may use all memory that is not reserved", () => {
    const cluster = { failoverRoom: false, reservedMemory: 0 };
    expectAccepted({ cluster, redis: { memory: 1894 } });
    expect(refusedLines({ cluster, redis: { memory: 1895 } })[0]).toContain("at most 1894 MiB");
    expectAccepted({
      cluster: { instanceType: "m99.large", size: unlisted },
      redis: { memory: 3000 },
    });
  });

  it("in awsvpc mode is refused if hosts have no network interfaces for tasks", () => {
    const cluster = { instanceType: "hpc6id.32xlarge" };
    expect(refusedLines({ cluster, app: { ...app, networkMode: "awsvpc" } })).toContainEqual(
      expect.stringMatching(
        /^dev\.app\.networkMode: got "?awsvpc"?; allowed: bridge or host: a hpc6id\.32xlarge has no/,
      ),
    );
  });
});

describe("room for a failover", () => {
  it("is refused if one host fewer has too little, with the required number of hosts", () => {
    expect(refusedLines({ app: { ...app, desiredCount: 5 } })).toEqual([
      expect.stringMatching(/^dev\.cluster\.minHosts: missing; allowed: 3 or more, not 2/),
    ]);
    expectAccepted({ app: { ...app, desiredCount: 5 }, cluster: { minHosts: 3 } });
  });

  it("counts other services, but not temporary tasks", () => {
    const search = { image: "example.com/search:1", port: 9200, memory: 1000 };
    expect(refusedLines({ services: { search } })[0]).toContain("cluster.minHosts");
    expectAccepted({ tasks: { copy: { command: ["copy"], memory: 1000 } } });
  });

  it("accepts a Redis that needs a whole host, if there are more hosts than other tasks", () => {
    const redis = { memory: 1638 };
    expect(refusedLines({ redis })[0]).toContain("4 or more, not 2");
    expect(refusedLines({ redis, cluster: { minHosts: 3 } })[0]).toContain("4 or more, not 3");
    expectAccepted({ redis, cluster: { minHosts: 4 } });
  });

  it("is missing with one host, which is accepted only without failoverRoom", () => {
    expect(refusedLines({ cluster: { minHosts: 1 } })[0]).toContain("2 or more, not 1");
    expectAccepted({ cluster: { minHosts: 1, failoverRoom: false } });
  });

  it("is required only if Redis is a service", () => {
    expectAccepted({ ...external, cluster: { minHosts: 1 } });
  });
});

describe("room for the maximum number of tasks", () => {
  it("is refused if maxHosts have too little", () => {
    const autoscaling = { min: 2, max: 30, cpu: 60 };
    expect(refusedLines({ app: { ...app, autoscaling } })).toEqual([
      expect.stringMatching(/^dev\.cluster\.maxHosts: missing; allowed: 6 or more, not 4/),
    ]);
    expectAccepted({ app: { ...app, autoscaling }, cluster: { maxHosts: 6 } });
  });

  it("counts network interfaces of tasks in awsvpc mode, with one more during a deploy", () => {
    const own = { ...app, networkMode: "awsvpc" };
    const cluster = { failoverRoom: false, maxHosts: 2 };
    expectAccepted({ app: { ...own, desiredCount: 3 }, cluster });
    expect(refusedLines({ app: { ...own, desiredCount: 4 }, cluster })[0]).toContain(
      "cluster.maxHosts: got 2; allowed: 3 or more",
    );
  });
});

describe("images that are pulled once", () => {
  const digest = `sha256:${"0a".repeat(32)}`;
  const cluster = { imagePull: "once" };

  it("must have a digest or be in a parameter", () => {
    expect(refusedLines({ cluster })).toEqual([
      expect.stringMatching(
        /^dev\.cluster\.imagePull: got "once"; allowed: .*without digest: public\.ecr\.aws.*, example\.com\/app:1$/,
      ),
    ]);
    const pinned = {
      cluster,
      redis: { image: `redis:8.0.4@${digest}` },
      app: { ...app, image: { ssmParameter: "/app/image" } },
    };
    expectAccepted(pinned);
    const services = { mailer: { image: "example.com/mailer:1", port: 25 } };
    expect(refusedLines({ ...pinned, services })[0]).toMatch(
      /without digest: example\.com\/mailer:1$/,
    );
  });
});
