import { describe, expect, it } from "vitest";
import { parseEnvironments } from "../../../../stacks/config/parse-environments.ts";
import { refusedLines } from "../../support/refusal.ts";
import { existingParts, external, leastEnvironment } from "../../support/template.ts";

const { app, network } = leastEnvironment;
const unlisted = { memory: 4096, vcpus: 2, interfaces: 3 };

function expectAccepted(changes: object): void {
  expect(() => parseEnvironments({ dev: { ...leastEnvironment, ...changes } })).not.toThrow();
}

describe("a region", () => {
  it("that does not exist is refused, with the one that was perhaps meant", () => {
    expect(refusedLines({ region: "eu-centrl-1" })).toEqual([
      expect.stringMatching(
        /^dev\.region: got "eu-centrl-1"; allowed: an AWS region such as eu-central-1, perhaps eu-central-1: one of AWS's own tables in/,
      ),
    ]);
    expect(refusedLines({ region: "xx-nowhere-9" })[0]).not.toContain("perhaps");
  });

  it("of a state's bucket is refused as well", () => {
    const state = { kind: "s3", bucket: "states", region: "eu-west-7" };
    expect(refusedLines({ state })).toEqual([
      expect.stringMatching(/^dev\.state\.region: got "eu-west-7"; .*perhaps eu-west-1/),
    ]);
  });

  it("without tables is not checked for zones and types", () => {
    expectAccepted({ region: "cn-north-1" });
    expectAccepted({ region: "us-gov-west-1", network: { ...network, zones: ["a", "f"] } });
  });
});

describe("zones", () => {
  it("that a region does not have are refused, with those that it has", () => {
    expect(refusedLines({ region: "ap-northeast-1" })).toEqual([
      expect.stringMatching(
        /^dev\.network\.zones: missing; allowed: letters of zones in ap-northeast-1, which are a, c, d .* network\.ownZones: true/,
      ),
    ]);
    expectAccepted({ region: "ap-northeast-1", network: { ...network, zones: ["a", "c"] } });
  });

  it("of an account with its own letters are not checked", () => {
    expectAccepted({ region: "ap-northeast-1", network: { ...network, ownZones: true } });
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

  it("that the zones do not offer is refused", () => {
    expect(refusedLines({ region: "me-central-1" })[0]).toMatch(
      /^dev\.cluster\.instanceType: missing; allowed: a type that EC2 offers in the zones a, b of me-central-1; t3\.small is in none/,
    );
    const cluster = { instanceType: "t3.small" };
    expect(
      refusedLines({ region: "us-east-1", network: { ...network, zones: ["a", "e"] }, cluster })[0],
    ).toContain("t3.small is in a, b, c, d, f");
  });

  it("that no zone of the region offers is refused in an existing network", () => {
    const { network: existing } = existingParts;
    expect(refusedLines({ region: "me-central-1", network: existing })[0]).toContain(
      "cluster.instanceType",
    );
  });

  it("newer than the tables is taken with its size, which others must not have", () => {
    expectAccepted({ cluster: { instanceType: "m99.large", size: unlisted } });
    expect(refusedLines({ cluster: { instanceType: "t3.small", size: unlisted } })).toEqual([
      expect.stringMatching(/^dev\.cluster\.size: got .*; allowed: left out/),
    ]);
  });

  it("without trunking is refused where it is asked for", () => {
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
  ])("larger than a host is refused: %s", (field, changes) => {
    expect(refusedLines(changes)).toEqual([
      expect.stringMatching(
        new RegExp(`^dev\\.${field}: got \\d+; allowed: at most 1638 MiB: of the 2048 of a t3`),
      ),
    ]);
  });

  it("has what is not reserved for the host, on an instance type of its size", () => {
    const cluster = { failoverRoom: false, reservedMemory: 0 };
    expectAccepted({ cluster, redis: { memory: 1894 } });
    expect(refusedLines({ cluster, redis: { memory: 1895 } })[0]).toContain("at most 1894 MiB");
    expectAccepted({
      cluster: { instanceType: "m99.large", size: unlisted },
      redis: { memory: 3000 },
    });
  });

  it("with a network interface is refused where hosts have none for tasks", () => {
    const cluster = { instanceType: "hpc6id.32xlarge" };
    expect(refusedLines({ cluster, app: { ...app, networkMode: "awsvpc" } })).toContainEqual(
      expect.stringMatching(
        /^dev\.app\.networkMode: got "?awsvpc"?; allowed: bridge or host: a hpc6id\.32xlarge has no/,
      ),
    );
  });

  it("with more CPU than a host is refused", () => {
    expect(refusedLines({ app: { ...app, cpu: 2049 } })).toEqual([
      "dev.app.cpu: got 2049; allowed: at most 2048 CPU units, what a t3.small has",
    ]);
  });

  it("is not checked on an existing cluster, whose hosts are not known", () => {
    expectAccepted({ ...existingParts, redis: { memory: 99_999 } });
  });
});

describe("room for a failover", () => {
  it("is refused where one host fewer has too little, with how many are needed", () => {
    expect(refusedLines({ app: { ...app, desiredCount: 5 } })).toEqual([
      expect.stringMatching(
        /^dev\.cluster\.minHosts: missing; allowed: 3 or more, not 2, so that one host fewer has room for Redis/,
      ),
    ]);
    expectAccepted({ app: { ...app, desiredCount: 5 }, cluster: { minHosts: 3 } });
  });

  it("counts the tasks that always run of an app that scales", () => {
    const autoscaling = { min: 2, max: 8, cpu: 60 };
    expectAccepted({ app: { ...app, autoscaling } });
    expect(refusedLines({ app: { ...app, autoscaling: { ...autoscaling, min: 5 } } })[0]).toContain(
      "cluster.minHosts",
    );
  });

  it("counts other services, and no tasks that end", () => {
    const search = { image: "example.com/search:1", port: 9200, memory: 1000 };
    expect(refusedLines({ services: { search } })[0]).toContain("cluster.minHosts");
    expectAccepted({ tasks: { copy: { command: ["copy"], memory: 1000 } } });
  });

  it("is there however the others are placed", () => {
    // Two hosts have room for all, but the app's tasks may take half of each.
    const cluster = { minHosts: 3 };
    const redis = { memory: 1200 };
    expect(refusedLines({ app: { ...app, desiredCount: 4 }, cluster, redis })[0]).toContain(
      "4 or more, not 3",
    );
  });

  it("takes a Redis that needs a whole host: each other task is in the way on one host at most", () => {
    const redis = { memory: 1638 };
    expect(refusedLines({ redis })[0]).toContain("4 or more, not 2");
    expect(refusedLines({ redis, cluster: { minHosts: 3 } })[0]).toContain("4 or more, not 3");
    expectAccepted({ redis, cluster: { minHosts: 4 } });
  });

  it("says so where no number of hosts is enough", () => {
    const cluster = { maxHosts: 100 };
    const changes = { redis: { memory: 1638 }, app: { ...app, desiredCount: 100 }, cluster };
    expect(refusedLines(changes)[0]).toContain(
      "no number of hosts of this type: a larger cluster.instanceType",
    );
  });

  it("is refused with one host, unless Redis may wait for another", () => {
    expect(refusedLines({ cluster: { minHosts: 1 } })[0]).toContain("2 or more, not 1");
    expectAccepted({ cluster: { minHosts: 1, failoverRoom: false } });
  });

  it("is asked for only where Redis is a service on the hosts", () => {
    expectAccepted({ ...external, cluster: { minHosts: 1 } });
  });
});

describe("room for what may run at most", () => {
  it("is refused where maxHosts have too little", () => {
    const autoscaling = { min: 2, max: 30, cpu: 60 };
    expect(refusedLines({ app: { ...app, autoscaling } })).toEqual([
      expect.stringMatching(/^dev\.cluster\.maxHosts: missing; allowed: 6 or more, not 4,/),
    ]);
    expectAccepted({ app: { ...app, autoscaling }, cluster: { maxHosts: 6 } });
  });

  it("counts network interfaces of tasks in awsvpc mode, one more during a deploy", () => {
    const own = { ...app, networkMode: "awsvpc" };
    const cluster = { failoverRoom: false, maxHosts: 2 };
    expectAccepted({ app: { ...own, desiredCount: 3 }, cluster });
    expect(refusedLines({ app: { ...own, desiredCount: 4 }, cluster })[0]).toContain(
      "cluster.maxHosts: got 2; allowed: 3 or more",
    );
  });

  it("knows that trunking gives more of them", () => {
    const cluster = { instanceType: "m7i.large", eniTrunking: true, failoverRoom: false };
    const tasks = { ...app, networkMode: "awsvpc", desiredCount: 12, memory: 128, cpu: 64 };
    expectAccepted({ app: tasks, cluster: { ...cluster, maxHosts: 2 } });
    expect(
      refusedLines({ app: tasks, cluster: { ...cluster, maxHosts: 2, eniTrunking: false } })[0],
    ).toContain("cluster.maxHosts");
  });
});

describe("images that are pulled once", () => {
  const digest = `sha256:${"0a".repeat(32)}`;
  const cluster = { imagePull: "once" };

  it("are by digest, or in a parameter", () => {
    expect(refusedLines({ cluster })).toEqual([
      expect.stringMatching(
        /^dev\.cluster\.imagePull: got "once"; allowed: .*not by digest: public\.ecr\.aws.*, example\.com\/app:1$/,
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
      /not by digest: example\.com\/mailer:1$/,
    );
  });
});
