import { describe, expect, it } from "vitest";
import {
  type LocalEcs,
  readSavedPlan,
  readTemplate,
  redisImage,
  startLocalEcs,
} from "../../../harness/ecs/index.ts";
import { inCorpus } from "../../support/plans/corpus.ts";

/** Answers with the image's tag on the ports of its container. */
const SERVER = `
const { createServer } = require("node:http");
const { PORT = "3000", HOST = "0.0.0.0", TAG } = process.env;
createServer((_, response) => response.end(TAG)).listen(Number(PORT), HOST);
`;

const isRedis = (image: string): boolean => /redis(:|$)/.test(image);

interface Running extends AsyncDisposable {
  readonly ecs: LocalEcs;
}

/** Runs a recorded plan, with a server in place of every image. */
async function running(name: string): Promise<Running> {
  const saved = await readSavedPlan(inCorpus(name));
  const { parameters } = saved.external;
  const { plan } = await readTemplate(saved.first, { parameters, drawn: new Map() });
  const all = [...plan.taskDefinitions.values()].flatMap(({ containers }) => containers);
  const images = Object.fromEntries(
    all.map(({ image }) => [
      image,
      isRedis(image)
        ? redisImage()
        : {
            command: [process.execPath, "-e", SERVER],
            environment: { TAG: image.split(":").at(-1) ?? "", PORT: "3000" },
          },
    ]),
  );
  const ecs = await startLocalEcs({ template: saved.first, images, parameters, speed: 12 });
  try {
    await ecs.apply();
    await ecs.waitUntilStable();
    return { ecs, [Symbol.asyncDispose]: () => ecs.close() };
  } catch (error) {
    await ecs.close();
    throw error;
  }
}

const answersOf = async (url: string, requests: number): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (let request = 0; request < requests; request += 1) {
    const text = await fetch(url).then((response) => response.text());
    counts[text] = (counts[text] ?? 0) + 1;
  }
  return counts;
};

describe("a recorded plan runs with what is not played left out", () => {
  it.each([
    "firelens",
    "host-path",
    "hosts-several",
    "network-balancer",
    "placement",
    "redis-a-records",
    "unknown-repository",
    "unknown-secret",
  ])("%s is stable", async (name) => {
    await using run = await running(name);
    const { services } = run.ecs;
    expect(services.length).toBeGreaterThan(0);
    for (const { tasks, desiredCount } of services) {
      expect(tasks.filter(({ status }) => status === "RUNNING")).toHaveLength(desiredCount);
    }
  });

  it.each(["balancer-features", "oidc-actions", "target-group-attachment"])(
    "%s answers behind its load balancer",
    async (name) => {
      await using run = await running(name);
      const [balancer] = run.ecs.loadBalancers;
      const open = balancer?.listeners.at(-1)?.url ?? "";
      await expect.poll(() => answersOf(open, 1)).toEqual({ "2.1": 1 });
    },
  );

  it("weighted-forward sends all requests to the target group with the largest weight", async () => {
    await using run = await running("weighted-forward");
    const url = run.ecs.loadBalancers[0]?.url ?? "";
    await expect.poll(() => answersOf(url, 20)).toEqual({ "2.1": 20 });
  });
});
