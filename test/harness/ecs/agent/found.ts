import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { EcsEvent } from "../../../../harness/ecs/base/events.ts";
import type { LocalEcsOptions, LocalImage, TaskState } from "../../../../harness/ecs/index.ts";
import { images } from "../fixture/local-images.ts";
import { withLocalEcs } from "../fixture/local.ts";
import { running } from "../fixture/services.ts";
import { type Overrides, template } from "../fixture/template.ts";

/** The program, which has no other settings than its environment. */
export const PROGRAM = fileURLToPath(new URL("sdk.mjs", import.meta.url));

type Document = Record<string, unknown>;

interface StatsDocument {
  readonly id: string;
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
  readonly precpu_stats?: object;
  readonly memory_stats: { readonly usage: number; readonly limit: number };
}

/** What a program with the AWS SDK finds in a task. An error has a field `error` with its name. */
export interface Found {
  readonly env: Readonly<Record<string, string>>;
  readonly region: string;
  readonly credentials: Document;
  readonly role: unknown;
  readonly instances: readonly Document[];
  readonly refused: Document;
  readonly again: Document;
  readonly container: Document;
  readonly task: Document;
  readonly v3: Document;
  readonly v3Task: Document;
  readonly stats: StatsDocument;
  readonly taskStats: Readonly<Record<string, StatsDocument>>;
  readonly resource: Document;
  readonly metadataService: Document;
  readonly run: { readonly task: TaskState; readonly hasNetworks: boolean };
}

interface Settings extends Overrides, Pick<LocalEcsOptions, "platform" | "endpoints"> {
  readonly image?: LocalImage;
  readonly events?: EcsEvent[];
}

/** Node.js and the SDK may warn before it. */
const REPORT = /^\{.*\}$/m;

/** Runs the SDK's program once, as the template's app. */
export async function found(settings: Settings): Promise<Found> {
  const image = { command: [process.execPath, PROGRAM] };
  const { report, run } = await reported({ image, ...settings });
  return { ...(report as Omit<Found, "run">), run };
}

/** Runs a program as the template's app until it has printed one line of JSON. */
export async function reported(
  settings: Settings & { readonly image: LocalImage },
): Promise<{ readonly report: unknown; readonly run: Found["run"] }> {
  const { platform = {}, endpoints = {}, image: app, events = [], ...overrides } = settings;
  const source = template({
    ...overrides,
    // The app starts after Redis is registered.
    redisService: { wait_for_steady_state: true },
    appService: { load_balancer: [], desired_count: 1 },
  });
  const options = { template: source, images: { ...images(), app }, healthLag: 10 };
  let result: Awaited<ReturnType<typeof reported>> | undefined;
  await withLocalEcs({ ...options, platform, endpoints }, async (run) => {
    await run.ecs.waitUntilStable();
    const [task] = running(run.ecs, "test-app");
    if (!task) throw new Error("the app does not run");
    let said = "";
    await expect.poll(async () => (said = await run.ecs.log(task.id))).toMatch(REPORT);
    events.push(...run.events);
    const report: unknown = JSON.parse(REPORT.exec(said)?.[0] ?? "");
    result = { report, run: { task, hasNetworks: run.ecs.platform.networks } };
  });
  if (!result) throw new Error("no report");
  return result;
}
