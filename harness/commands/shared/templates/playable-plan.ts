import {
  type LocalImage,
  type LocalImages,
  type Plan,
  repositoryOf,
  whyNoNetworks,
} from "../../../ecs/index.ts";
import type { Need } from "../../../plays/faults/fault.ts";
import { missingOf } from "../../../plays/scenarios/needs.ts";
import { planGuestBook } from "../../../plays/setups/plan-guest-book.ts";
import {
  everyRole,
  isChecked,
  isKept,
  listenersOf,
  nameOf,
  type Roles,
  rolesOf,
} from "../../../plays/setups/plan-roles.ts";
import { planSetup, speedOf } from "../../../plays/setups/plan-setup.ts";
import type { Setup } from "../../../plays/setups/setup.ts";
import { UsageError } from "../../../../command-line/options.ts";
import { withoutNeeds } from "../options/needs.ts";
import { withEvaluation } from "./evaluation.ts";
import { localSettings, type LocalSettings } from "./local-settings.ts";
import { asOptionError } from "../options/option-errors.ts";
import { missingPrograms } from "../images/plan-images.ts";
import { Adjustments } from "./adjustments.ts";
import { type PlanOptions, planName } from "../options/options.ts";

/** A plan, prepared for scenarios and the playground. */
export interface PlayablePlan {
  /** Creates a setup per play, because a release changes the app. */
  readonly setup: () => Setup;
  readonly plan: Plan;
  readonly roles: Roles;
  /** How many changes are deployed over the first services. */
  readonly changes: number;
  /** Whether an image is the user's, not Redis. */
  readonly isOwn: (image: string) => boolean;
  /** The commands that it runs. The user confirms them before they run. */
  readonly summary: string;
}

/** @throws UsageError with the option, the resource and what to do */
export async function playablePlan(options: PlanOptions): Promise<PlayablePlan> {
  return readPlan(options).catch((error: unknown) => {
    throw asOptionError(error, options.terraform === undefined ? "--plan" : "--terraform");
  });
}

async function readPlan(given: PlanOptions): Promise<PlayablePlan> {
  const options = await withEvaluation(given);
  const hasNetworks = options.network !== "host" && (await whyNoNetworks()) === undefined;
  let guestBook: LocalImage | undefined;
  const settings = await withoutNeeds((needs) =>
    localSettings(options, needs, (plan, isRedis) => {
      guestBook = planGuestBook(plan, rolesOf(plan, { isRedis, given: options.role, hasNetworks }));
      return guestBook;
    }),
  );
  const { local, first, next, summary = "" } = settings;
  const { plan } = first;
  const isRedis = (image: string): boolean => !settings.isOwn(image);
  const roles = rolesOf(plan, { isRedis, given: options.role, hasNetworks });
  const isGuestBook = guestBook !== undefined && runs(settings, roles, guestBook);
  const path = pathOf(options, isGuestBook, plan, roles);
  const left = await leftOutOf(plan, local.images, roles);
  const { adjust } = new Adjustments({ without: left.map(({ name: without }) => without) });
  const { adjust: asked } = local;
  const played = {
    ...local,
    template: { ...first, plan: adjust(plan) },
    adjust: (each: Plan) => adjust(asked?.(each) ?? each),
  };
  const name = planName(options);
  return {
    setup: () =>
      planSetup({ name, local: played, plan, next, roles, path, isOwnApp: !isGuestBook }),
    plan,
    roles,
    changes: next.length,
    isOwn: settings.isOwn,
    summary: [
      summary,
      ...rolesInWords(plan, roles, isGuestBook, path),
      ...left.map(
        ({ name: without, why }) => `  left out: ${without}, which cannot start here: ${why}`,
      ),
    ].join("\n"),
  };
}

/** A service or a container that cannot run here, and why. */
interface LeftOut {
  /** `SERVICE` or `SERVICE/CONTAINER`. */
  readonly name: string;
  readonly why: string;
}

/**
 * What a scenario plays without: containers whose programs are not on this machine. A service without any other essential
 * container is left out whole.
 * @throws UsageError if it is the app or Redis
 */
async function leftOutOf(plan: Plan, images: LocalImages, roles: Roles): Promise<LeftOut[]> {
  const needed = [roles.app, roles.redis].map(nameOf);
  const missing = (await missingPrograms(plan, images)).map((each) => ({
    ...each,
    name: nameOf(each),
  }));
  const lacking = missing.find(({ name }) => needed.includes(name));
  if (lacking !== undefined) {
    const { name, why } = lacking;
    const message = `${name} cannot start here: ${why}; give its program with --container ${name}=COMMAND`;
    throw new UsageError(`error: option --plan: ${message}`);
  }
  const gone = new Set(missing.map(({ name }) => name));
  const left = everyRole(plan).filter(
    (each) => each.container.essential && !gone.has(nameOf(each)),
  );
  const all = missing.map(({ service, name, why }): LeftOut => {
    const isWhole = left.every((each) => each.service !== service);
    return { name: isWhole ? service.name : name, why };
  });
  // A service that is left out whole may have several such containers.
  return all.filter(({ name }, at) => all.findIndex((each) => each.name === name) === at);
}

/** Whether the app's container uses this image's command. */
function runs({ local }: LocalSettings, { app }: Roles, { workingDirectory }: LocalImage): boolean {
  const { image, command, entryPoint } = app.container;
  const own = local.images[repositoryOf(image)];
  return own?.workingDirectory === workingDirectory && (command ?? entryPoint) === undefined;
}

/** The users' requests: the given path, else the guest book, else the path of the load balancer's health check. */
function pathOf(
  { path, guestBook = false }: PlanOptions,
  isGuestBook: boolean,
  plan: Plan,
  { app }: Roles,
): string | undefined {
  if (path !== undefined) return path;
  if (guestBook || isGuestBook) return undefined;
  const group = app.service.targets.find(
    ({ containerName }) => containerName === app.container.name,
  );
  const check = plan.targetGroups.get(group?.address ?? "")?.healthCheck;
  if (check?.enabled === true) return check.path;
  throw new UsageError(
    `error: option --path is needed: ${app.service.name} has no load balancer with a health check, so the path of the users' requests is unknown. Give --path /PATH, or --guest-book if it answers POST /guests/NAME and GET /guests`,
  );
}

function rolesInWords(
  plan: Plan,
  { app, redis }: Roles,
  isGuestBook: boolean,
  path: string | undefined,
): string[] {
  const users =
    path === undefined
      ? "POST /guests/NAME and GET /guests; every signature must be kept"
      : `GET ${path}; 2xx is served, anything else failed. Nothing is said of writes`;
  const way = listenersOf(plan, app).length > 0 ? "the load balancer" : "the tasks in turn";
  const speed = speedOf(plan, { app, redis });
  return [
    `  app: ${app.service.name}/${app.container.name}${isGuestBook ? ", replaced by a guest book" : ""}`,
    ...(isChecked(plan, app)
      ? []
      : ["    it has no health check: ECS counts a task that runs, whether it answers or not"]),
    ...(app.service.circuitBreaker.rollback
      ? []
      : [
          "    it has no circuit breaker with rollback: a release that never starts is not rolled back",
        ]),
    `  Redis: ${redis.service.name}/${redis.container.name}`,
    ...(isKept(redis)
      ? []
      : [
          "    it has no volume, so its data end with its task: no write is checked, nothing loads slowly",
        ]),
    `  users: ask ${way} for ${users}`,
    ...(speed === 1
      ? []
      : [
          `  time: health checks and restarts are ${speed} times faster than in AWS, so a task without a health check counts after ${40 / speed} s`,
        ]),
  ];
}

/** @throws UsageError that says what the plan lacks */
export function checkNeeds(
  name: string,
  needs: readonly Need[] | undefined,
  { plan, roles }: PlayablePlan,
): void {
  const missing = missingOf(needs, plan, roles);
  if (missing !== undefined) throw new UsageError(`error: option --plan: ${name} ${missing}`);
}
