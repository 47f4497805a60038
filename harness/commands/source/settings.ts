import { resolve } from "node:path";
import {
  type LocalImage,
  type LocalImages,
  nameIn,
  type Plan,
  readTemplate,
  repositoryOf,
  type Template,
} from "../../ecs/index.ts";
import {
  environmentSetup,
  guestBook,
  withoutCommand,
} from "../../plays/setups/environment-setup.ts";
import type { Setup } from "../../plays/setups/setup.ts";
import { HERE } from "../../../command-line/options.ts";
import { environments } from "../shared/environments.ts";
import { isRedis, localImages, shell } from "./images.ts";
import { asTemplateError } from "./option-errors.ts";
import type { SourceOptions } from "./options.ts";
import { commandedImages } from "./plan-images.ts";
import { planSummary } from "./plan-summary.ts";
import { playedPlan, type PlayedPlan } from "./saved-plans.ts";
import { allInputs, checkInputs, inputsOf } from "./template-inputs.ts";

export interface LocalSettings {
  readonly local: Setup["local"];
  readonly plan: Plan;
  /** The first plan. `plan` is the last one. */
  readonly first: Plan;
  /** The modules to deploy after the first, in order. */
  readonly next: readonly Template["module"][];
  /** The commands of a saved plan. The user confirms them before they run. */
  readonly summary?: string;
  /** Whether an image is the user's, not Redis. */
  readonly isOwn: (image: string) => boolean;
  /** Secrets outside the template. Their values are not generated for this run. */
  readonly outside: ReadonlySet<string>;
}

/** The substitute for the app of a plan, if the user gives none. @param isRedis whether an image is Redis */
export type StandIn = (plan: Plan, isRedis: (image: string) => boolean) => LocalImage;

/**
 * @param standIn @default the user must give the app of a plan
 * @throws UsageError, HarnessError
 */
export async function localSettings(
  options: SourceOptions,
  standIn?: StandIn,
): Promise<LocalSettings> {
  const { app: own, user: users } = options;
  const ownApp = { ...(own === undefined ? guestBook() : shell(own, HERE)), users };
  const given = sourceOf(options, ownApp);
  const outside = {
    parameters: { ...given.parameters, ...options.parameter },
    namespaces: { ...given.namespaces, ...options.namespace },
    attributes: { ...given.attributes, ...options.attribute },
  };
  const played = options.plan === undefined ? undefined : await playedPlan(options, outside, HERE);
  const templates = played?.templates ?? [await templateOf(given.template, options, outside)];
  const [first] = templates;
  const known = played?.outside ?? outside;
  const inputs = allInputs(templates.map((each) => inputsOf(each, known.parameters)));
  checkInputs(inputs, options, { ...known.parameters, ...given.secrets });
  const isAppGiven = own !== undefined;
  const named = namedImages(options, played, standIn !== undefined);
  const isLeft = inputs.image.some((each) => nameIn(named, each) === undefined && !isRedis(each));
  const standsIn = played && !isAppGiven && isLeft ? standIn : undefined;
  const app = standsIn ? { ...standsIn(first.plan, isRedisHere(named)), users } : ownApp;
  const { images, redis } = localImages(inputs.image, {
    named,
    app,
    isAppGiven,
    known: given.images,
    users,
  });
  return {
    local: {
      ...given,
      ...known,
      ...(played && { template: first.module }),
      images,
      secrets: { ...given.secrets, ...options.secret },
    },
    plan: (templates.at(-1) ?? first).plan,
    first: first.plan,
    next: templates.slice(1).map(({ module }) => module),
    ...(played && { summary: planSummary(played, images) }),
    isOwn: (image) => !redis.has(repositoryOf(image)),
    outside: new Set(inputs.secret),
  };
}

/** The known inputs before a plan is read. */
function sourceOf({ env, template, plan }: SourceOptions, app: LocalImage): Setup["local"] {
  if (env !== undefined) {
    const played = withoutCommand(environments, env);
    return environmentSetup(env, { environments: played, app }).local;
  }
  return {
    template: plan === undefined ? resolve(HERE, template ?? "") : "",
    images: {},
    parameters: {},
    secrets: {},
  };
}

type Outside = Omit<Parameters<typeof readTemplate>[1], "drawn">;

async function templateOf(
  source: Setup["local"]["template"],
  { template }: SourceOptions,
  outside: Outside,
): Promise<Template> {
  return readTemplate(source, { ...outside, drawn: new Map() }).catch((error: unknown) => {
    throw template === undefined ? error : asTemplateError(error);
  });
}

/** The images that the user has named, and those of a plan that need no name. */
function namedImages(
  { app, image, user: users }: SourceOptions,
  played: PlayedPlan | undefined,
  hasStandIn: boolean,
): LocalImages {
  const named = Object.fromEntries(
    Object.entries(image).map(([name, text]) => [name, { ...shell(text, HERE), users }]),
  );
  const plans = (played?.templates ?? []).map(({ plan }) => plan);
  const isAppGiven = app !== undefined;
  return { ...commandedImages(plans, { named, isAppGiven, hasStandIn }), ...named };
}

/** Whether an image is Redis and the user has not given another program for it. */
const isRedisHere =
  (named: LocalImages) =>
  (image: string): boolean =>
    isRedis(repositoryOf(image)) && nameIn(named, repositoryOf(image)) === undefined;
