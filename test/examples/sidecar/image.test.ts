import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  engineImage,
  type LocalEcs,
  type LocalImage,
  startLocalEcs,
  whyNoImages,
} from "../../../harness/ecs/index.ts";
import { environmentSetup } from "../../../harness/plays/setups/environment-setup.ts";
import { example as environments } from "../../../harness/plays/setups/example-environment.ts";
import type { Template } from "../../../harness/plays/setups/template.ts";
import { until } from "../../../harness/plays/stage/until.ts";
import { buildContext } from "../support/build-context.ts";
import { type ExampleEngine, exampleEngine } from "../support/example-engine.ts";

// The task definition and the Dockerfiles of examples/sidecar, and the Dockerfile of the package's page on sidecars.

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const EXAMPLES = join(ROOT, "examples/sidecar");
const SOCKET = "/run/redis/redis.sock";
/** Counts that show that the program works. */
const ENOUGH = 20;
const WAIT = { timeout: 60_000 };

/** Why this machine cannot run images; undefined if it can. */
const why = await whyNoImages();
/** Why it cannot install a Python package; undefined if it can. */
const noPackage = why ?? (await whyNoPythonPackage());

describe.runIf(why === undefined)("the images of the sidecar examples", () => {
  let example: ExampleEngine;
  let forward: LocalImage;
  beforeAll(async () => {
    example = exampleEngine(
      "docker.io/library/node:24-slim",
      "docker.io/library/python:3.13-slim",
      "docker.io/library/golang:1.25",
      "gcr.io/distroless/static-debian12:nonroot",
    );
    using context = await buildContext(writeForward);
    forward = await built(context.path, "srv-dialer");
  }, 300_000);
  afterAll(() => example[Symbol.dispose]());

  async function built(folder: string, tag: string): Promise<LocalImage> {
    await example.engine.build(folder, tag);
    return (await engineImage(example.engine, tag)) ?? {};
  }

  /** Runs a counter beside the environment dev, and starts Redis on another port. @returns its counts */
  async function countedThroughMove(counter: LocalImage, command: readonly string[]) {
    const { local } = environmentSetup("dev", { environments });
    const images = { ...local.images, "srv-dialer": forward, counter };
    const template = withCounter(local.template as Template, command);
    // The README's health check has the default interval of 30 s.
    await using ecs = await startLocalEcs({ ...local, template, images, speed: 12 });
    await ecs.apply();
    await until("it counts", async () => (await countsOf(ecs)).length >= ENOUGH, WAIT);
    const [task, redis] = [taskOf(ecs, "dev-counter"), taskOf(ecs, "dev-redis")];
    const before = (await countsOf(ecs)).length;
    ecs.drainHost(redis?.host ?? "");
    const isElsewhere = () => {
      const { id, healthyAt } = taskOf(ecs, "dev-redis") ?? {};
      return id !== redis?.id && healthyAt !== undefined;
    };
    await until("Redis is elsewhere", isElsewhere, WAIT);
    ecs.activateHost(redis?.host ?? "");
    const isCounting = async () => (await countsOf(ecs)).length >= before + ENOUGH;
    await until("it continues to count", isCounting, WAIT);
    await ecs.waitUntilStable();
    // An essential container that ends would end the task.
    expect(taskOf(ecs, "dev-counter")?.id).toBe(task?.id);
    return countsOf(ecs);
  }

  it("reach Redis in Go", async () => {
    const counter = await built(join(EXAMPLES, "go"), "counter-go");
    const counts = await countedThroughMove(counter, ["counter", SOCKET]);
    expect(counts).toEqual(rising(counts));
  });

  it.runIf(noPackage === undefined)("reach Redis in Python", async () => {
    const counter = await built(join(EXAMPLES, "python"), "counter-python");
    const counts = await countedThroughMove(counter, ["python3", "counter.py", SOCKET]);
    expect(counts).toEqual(rising(counts));
  });
});

interface TaskDefinition {
  readonly networkMode: string;
  readonly volumes: readonly object[];
  readonly containerDefinitions: readonly { readonly name: string; readonly image: string }[];
}

/** Adds a service with the task definition of the example's README. */
function withCounter({ resource, ...others }: Template, command: readonly string[]): Template {
  const readme = readFileSync(join(EXAMPLES, "README.md"), "utf8");
  const { networkMode, volumes, containerDefinitions } = JSON.parse(
    /```json\n([^]*?)```/.exec(readme)?.[1] ?? "",
  ) as TaskDefinition;
  const { aws_ecs_service: services = {}, aws_ecs_task_definition: definitions = {} } = resource;
  const [app] = JSON.parse(
    String(definitions["app_task_definition"]?.["container_definitions"]),
  ) as { readonly secrets: readonly { readonly name: string }[] }[];
  const containers = containerDefinitions.map((container) => ({
    ...container,
    image: container.image.replace("…", "registry.example"),
    ...(container.name === "counter" && {
      command,
      secrets: app?.secrets.filter(({ name }) => name === "REDIS_PASSWORD"),
    }),
  }));
  const counter = {
    family: "dev-counter",
    network_mode: networkMode,
    execution_role_arn: definitions["app_task_definition"]?.["execution_role_arn"],
    volume: volumes,
    container_definitions: JSON.stringify(containers),
  };
  const service = {
    name: "dev-counter",
    cluster: services["app_service"]?.["cluster"],
    capacity_provider_strategy: services["app_service"]?.["capacity_provider_strategy"],
    task_definition: "${aws_ecs_task_definition.counter.arn}",
    desired_count: 1,
    wait_for_steady_state: true,
  };
  return {
    ...others,
    resource: {
      ...resource,
      aws_ecs_task_definition: { ...definitions, counter },
      aws_ecs_service: { ...services, counter: service },
    },
  };
}

const taskOf = ({ services }: LocalEcs, name: string) =>
  services
    .find((service) => service.name === name)
    ?.tasks.findLast(({ status }) => status === "RUNNING");

/** No count occurs twice, and a Redis without the count would begin again. */
const rising = (counts: readonly number[]): number[] =>
  [...new Set(counts)].toSorted((a, b) => a - b);

/** The program's counts, without an incomplete last line. */
async function countsOf(ecs: LocalEcs): Promise<number[]> {
  const written = await ecs.log(taskOf(ecs, "dev-counter")?.id ?? "", "counter");
  return written
    .split("\n")
    .slice(0, -1)
    .filter((line) => /^\d+$/.test(line))
    .map(Number);
}

/** The Dockerfile of the package's page. */
function writeForward(folder: string): void {
  const page = readFileSync(join(ROOT, "runtime/docs/sidecar.md"), "utf8");
  writeFileSync(join(folder, "Dockerfile"), /```dockerfile\n([^]*?)```/.exec(page)?.[1] ?? "");
}

/** What this machine's pip says of the package that the Dockerfile installs. */
async function whyNoPythonPackage(): Promise<string | undefined> {
  const [, name = ""] =
    /RUN pip install .* (\S+)$/m.exec(readFileSync(join(EXAMPLES, "python/Dockerfile"), "utf8")) ??
    [];
  const folder = mkdtempSync(join(tmpdir(), "python-"));
  try {
    await promisify(execFile)("/usr/bin/pip", [
      "download",
      "--no-deps",
      "--retries=1",
      "--dest",
      folder,
      name,
    ]);
    return undefined;
  } catch (error) {
    return (error as { stderr?: string }).stderr ?? String(error);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
