import { randomInt } from "node:crypto";
import {
  type LocalEcs,
  type LocalImage,
  type LocalImages,
  nameIn,
  type Plan,
  repositoryOf,
} from "../../ecs/index.ts";
import { playedSetup } from "../../plays/setups/environment-setup.ts";
import { oldSetup } from "../../plays/setups/old-setup.ts";
import { isTogether } from "../../plays/setups/plan-redis.ts";
import { APP, type Setup } from "../../plays/setups/setup.ts";
import { LARGEST_SEED } from "../../plays/stage/random.ts";
import type { PlaygroundOptions as Settings } from "../../views/playground/playground.ts";
import { AppHints } from "../../views/terminal/app-hints.ts";
import { ContainerLogs } from "../../views/terminal/container-log.ts";
import { columnsOf } from "../../views/terminal/wrap.ts";
import { HERE } from "../../../command-line/options.ts";
import { environments } from "../shared/environments.ts";
import { shell } from "../shared/images/local-images.ts";
import { planOf, playedImages } from "../shared/images/played-images.ts";
import { type PlayablePlan, playablePlan } from "../shared/templates/playable-plan.ts";
import type { PlaygroundOptions } from "./options.ts";

export interface PlaygroundSettings extends Settings {
  /** Which containers run from images of an engine, which as processes, and in which network. */
  readonly kinds?: string;
  /** The commands of a plan. The user confirms them before they run. */
  readonly summary?: string;
}

/**
 * Creates the settings of the playground from its options.
 * @throws HarnessError if the template cannot run, Error if the user's app gets no requests
 */
export async function playgroundSettings(
  options: PlaygroundOptions,
  signal?: AbortSignal,
): Promise<PlaygroundSettings> {
  const { environment, app, plan: planned, seed = randomInt(LARGEST_SEED) } = options;
  if (planned) return planSettings(await playablePlan(planned), planned.app, seed);
  const chosen = (all: Record<"new" | "old", () => Setup>): Settings["setups"] =>
    options.setups.map((id) => ({ id, setup: all[id]() }));
  if (app === undefined) {
    const images = { ...options.images, signal };
    const own = await playedImages(images, playedSetup(environment, { environments }));
    const setups = chosen({
      new: () => playedSetup(environment, { environments, ...own }),
      old: () => oldSetup(),
    });
    return {
      environment,
      seed,
      setups,
      ...(options.setups.includes("new") && { kinds: own.kinds }),
    };
  }
  const image = shell(app, HERE);
  const setup = playedSetup(environment, { environments, app: image });
  const { healthCheckPath, variables } = appContext(setup, await planOf(setup));
  // Variables of the task definition override those of the image, so REDIS_URL is the old setup's.
  const old = () => oldSetup({ app: { ...image, environment: variables }, healthCheckPath });
  const setups = chosen({ new: () => setup, old });
  const plans = new Map<Setup, Plan>();
  for (const { setup: each } of setups) plans.set(each, await planOf(each));
  return {
    environment,
    seed,
    setups,
    users: { path: options.path ?? healthCheckPath },
    ownApp: app,
    onOpen: (ecs, opened) => {
      printOutput(ecs, opened.local.images, image);
      const plan = plans.get(opened);
      // It is needed until the playground ends.
      if (plan) void new AppHints(ecs, plan, console.log, columnsOf(process.stdout));
    },
  };
}

/** A plan alone. If Redis is in the app's task, the faults that the old setup lacks are missing too. */
function planSettings(
  { setup: make, plan, roles, summary, isOwn }: PlayablePlan,
  app: string | undefined,
  seed: number,
): PlaygroundSettings {
  const setup = make();
  return {
    environment: setup.environment,
    seed,
    isPlan: true,
    summary,
    setups: [{ id: isTogether(roles) ? "old" : "new", setup }],
    ...(setup.path !== undefined && { users: { path: setup.path } }),
    ...(app !== undefined && { ownApp: app }),
    onOpen: (ecs) => {
      const logs = new ContainerLogs(ecs, isOwn, (line) => console.log(line));
      ecs.events.on("container", (event) => logs.hear(event));
      void new AppHints(ecs, plan, console.log, columnsOf(process.stdout));
    },
  };
}

/** The environment's values for the app, to run the same app in the old setup. */
interface AppContext {
  /** The path of the load balancer's health check. */
  readonly healthCheckPath: string;
  /** The container's variables and secrets. */
  readonly variables: Readonly<Record<string, string>>;
}

function appContext({ local: { secrets }, services }: Setup, plan: Plan): AppContext {
  const service = plan.services.find(({ name }) => name === services.app);
  const target = plan.targetGroups.get(service?.targets[0]?.address ?? "");
  if (target === undefined)
    throw new Error(`${services.app} has no load balancer, so it gets no requests`);
  const containers = plan.taskDefinitions.get(service?.taskDefinition ?? "")?.containers ?? [];
  const app = containers.find(({ name }) => name === APP);
  const given = (app?.secrets ?? []).flatMap(({ name, secret, otherwise = secret }) => {
    const value = secrets[secret] ?? secrets[otherwise];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    healthCheckPath: target.healthCheck.path,
    variables: { ...app?.environment, ...Object.fromEntries(given) },
  };
}

function printOutput(ecs: LocalEcs, images: LocalImages, { entryPoint }: LocalImage): void {
  const isOwn = (name: string): boolean =>
    images[nameIn(images, repositoryOf(name)) ?? ""]?.entryPoint === entryPoint;
  const logs = new ContainerLogs(ecs, isOwn, (line) => console.log(line));
  ecs.events.on("container", (event) => logs.hear(event));
}
