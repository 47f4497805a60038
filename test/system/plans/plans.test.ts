import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  type LocalEcs,
  readSavedPlan,
  redisImage,
  startLocalEcs,
} from "../../../harness/ecs/index.ts";
import { recorded } from "../../harness/ecs/terraform/saved/fixture.ts";

const FINDER = fileURLToPath(new URL("finder.mjs", import.meta.url));
const EXAMPLE = fileURLToPath(new URL("../../../examples/app", import.meta.url));

const images = {
  redis: redisImage(),
  "game-api": { command: [process.execPath, FINDER] },
  app: { command: [process.execPath, "server.js"], workingDirectory: EXAMPLE },
};

/** A running plan and the next template. */
interface Started extends AsyncDisposable {
  readonly ecs: LocalEcs;
  readonly next: object;
}

/** Runs the first template of a plan. */
async function started(source: string | object): Promise<Started> {
  const { first, next = first } = await readSavedPlan(source);
  const ecs = await startLocalEcs({ template: first, images, speed: 12 });
  try {
    await ecs.apply();
    await ecs.waitUntilStable();
    return { ecs, next, [Symbol.asyncDispose]: () => ecs.close() };
  } catch (error) {
    await ecs.close();
    throw error;
  }
}

const running = (ecs: LocalEcs, service: string) =>
  (ecs.services.find(({ name }) => name === service)?.tasks ?? []).filter(
    ({ status }) => status === "RUNNING",
  );

/** The URL of the first container of each task. */
function urls(ecs: LocalEcs, service: string): string[] {
  return running(ecs, service).map(({ host, containers }) => {
    const address = ecs.hosts.find(({ id }) => id === host)?.address ?? "";
    return `http://${address}:${containers[0]?.ports[0]?.hostPort}`;
  });
}

const answer = async (url: string): Promise<string> =>
  fetch(url).then(
    (response) => response.text(),
    (error: unknown) => String(error),
  );

describe("a recorded plan runs, and its services are found by name", () => {
  it.each([
    ["handwritten-split.plan", 2],
    ["handwritten-split.state", 2],
    ["handwritten-together.plan", 1],
  ])("%s", async (name, tasks) => {
    await using run = await started(recorded(name));
    const { ecs } = run;
    const apps = urls(ecs, "dev-app");
    expect(apps).toHaveLength(tasks);
    for (const url of apps) {
      await expect.poll(() => answer(url)).toMatch(/^:\d+$/);
    }
  });

  it.each(["dev-first-deploy.plan", "modules.plan"])("%s", async (name) => {
    await using run = await started(recorded(name));
    const { ecs } = run;
    const [url = ""] = urls(ecs, "dev-app");
    await expect.poll(() => answer(`${url}/readyz`)).toBe('{"redis":"ready"}');
  });
});

describe("a plan of a release", () => {
  it("handwritten-split-release.plan: replaces the app's tasks and does not affect Redis", async () => {
    await using run = await started(recorded("handwritten-split-release.plan"));
    const { ecs, next } = run;
    const [redis] = running(ecs, "dev-redis");
    const [url = ""] = urls(ecs, "dev-app");
    await expect.poll(() => answer(url)).toBe(":1");
    await ecs.apply(next);
    await ecs.waitUntilStable();
    const deployed = running(ecs, "dev-app").map(({ containers }) => containers[0]?.image);
    expect(deployed).toEqual(Array(2).fill(expect.stringContaining("game-api:1.4.3")));
    expect(running(ecs, "dev-redis").map(({ id }) => id)).toEqual([redis?.id]);
    const [after = ""] = urls(ecs, "dev-app");
    await expect.poll(() => answer(after)).toBe(":2");
  });
});
