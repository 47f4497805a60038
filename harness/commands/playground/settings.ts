import { randomInt } from "node:crypto";
import {
  type LocalEcs,
  type LocalImage,
  type LocalImages,
  nameIn,
  type Plan,
  readTemplate,
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
import { shell } from "../source/images.ts";
import { type PlayablePlan, playablePlan } from "../source/playable-plan.ts";
import type { PlaygroundOptions } from "./options.ts";

export interface PlaygroundSettings extends Settings {
  /** What is run of a plan: it is shown, and agreed to, before. */
  readonly summary?: string;
}

/**
 * What the playground runs, from what was asked for.
 * @throws HarnessError when the template cannot be run, Error when the user's own app gets no requests
 */
export async function playgroundSettings(options: PlaygroundOptions): Promise<PlaygroundSettings> {
  const { environment, app, plan: planned, seed = randomInt(LARGEST_SEED) } = options;
  if (planned) return planSettings(await playablePlan(planned), planned.app, seed);
  const chosen = (all: Record<"new" | "old", () => Setup>): Settings["setups"] =>
    options.setups.map((id) => ({ id, setup: all[id]() }));
  if (app === undefined) {
    const setups = chosen({
      new: () => playedSetup(environment, { environments }),
      old: () => oldSetup(),
    });
    return { environment, seed, setups };
  }
  const image = shell(app, HERE);
  const setup = playedSetup(environment, { environments, app: image });
  const { healthCheckPath, variables } = appContext(setup, await planOf(setup));
  // The variables of its task definition win over those of the image: REDIS_URL is the old setup's.
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
      // It lasts as long as the playground.
      if (plan) void new AppHints(ecs, plan, console.log, columnsOf(process.stdout));
    },
  };
}

/** A plan by itself; where Redis is in the app's task, what the old setup has not is not there either. */
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

/** What an app gets from its environment, for running the same app in the old setup. */
interface AppContext {
  /** The path that the load balancer's health check asks for. */
  readonly healthCheckPath: string;
  /** The container's variables, with its secrets. */
  readonly variables: Readonly<Record<string, string>>;
}

async function planOf({ local }: Setup): Promise<Plan> {
  const { parameters, namespaces = {}, attributes = {} } = local;
  const outside = { parameters, namespaces, attributes, drawn: new Map<string, string>() };
  return (await readTemplate(local.template, outside)).plan;
}

function appContext({ local: { secrets }, services }: Setup, plan: Plan): AppContext {
  const service = plan.services.find(({ name }) => name === services.app);
  const target = plan.targetGroups.get(service?.targets[0]?.address ?? "");
  if (target === undefined) throw new Error(`${services.app} has no load balancer, so no users`);
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

/** Prints what the user's own program writes. */
function printOutput(ecs: LocalEcs, images: LocalImages, { command }: LocalImage): void {
  const isOwn = (name: string): boolean =>
    images[nameIn(images, repositoryOf(name)) ?? ""]?.command === command;
  const logs = new ContainerLogs(ecs, isOwn, (line) => console.log(line));
  ecs.events.on("container", (event) => logs.hear(event));
}
