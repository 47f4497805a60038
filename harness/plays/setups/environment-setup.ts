import { parseEnvironments } from "../../../stacks/config/parse-environments.ts";
import type {
  Environment,
  EnvironmentInput,
  EnvironmentsInput,
} from "../../../stacks/config/environment-schema.ts";
import { namesOf } from "../../../stacks/config/names.ts";
import { type LocalImage, type LocalImages, redisImage, repositoryOf } from "../../ecs/index.ts";
import { appProgram, type Setup, type Release } from "./setup.ts";
import { synthesized } from "./synthesized.ts";

/** Milliseconds for a busy machine. The guest book serves before Redis passes its health check. */
const SERVES_WITHIN = 5_000;

/** The repository of the app's image, if the environment reads the image from a parameter. */
const RELEASED = "registry.local/app";

export interface EnvironmentOptions {
  readonly environments: EnvironmentsInput;
  /** The program to run as the app. @default the guest book in `examples/app/` */
  readonly app?: LocalImage;
  /** Images that run as they are, by repository. The app keeps its command if one of them is the app's. @default {} */
  readonly images?: LocalImages;
  /** Container features not to use. @default {} */
  readonly platform?: Setup["local"]["platform"];
}

/**
 * The setup of an environment: Redis is a separate service.
 * @throws ConfigError if the environment does not exist or is invalid
 */
export function environmentSetup(
  name: string,
  { environments: all, app, images = {}, platform = {} }: EnvironmentOptions,
): Setup {
  const template = synthesized(all, name);
  const environment = parseEnvironments(all).find((each) => each.name === name);
  if (environment === undefined) throw new Error(`${name} is missing after the synthesis`);
  const names = namesOf(environment);
  const { redis } = environment;
  const { image } = environment.app;
  const literal = appImage(environment);
  const parameters = typeof image === "string" ? {} : { [image.ssmParameter]: literal };
  return {
    environment: name,
    local: {
      template,
      images: {
        // An external Redis has no image.
        ...("image" in redis && { [repositoryOf(redis.image)]: redisImage() }),
        [repositoryOf(literal)]: app ?? guestBook(),
        ...images,
      },
      parameters,
      secrets: secretsOf(environment),
      namespaces: namespacesOf(environment),
      platform,
    },
    services: { app: names.app, redis: names.redis },
    password: `${names.redis}-password`,
    srvName: names.srvName,
    ...(app === undefined && { servesWithin: SERVES_WITHIN }),
    release: (release) => synthesized(withRelease(all, name, repositoryOf(literal), release), name),
  };
}

/**
 * The setup of an environment for scenarios. Its app must use a Redis on ECS.
 * @throws Error if it uses another one; and the errors of {@link environmentSetup}
 */
export function playedSetup(name: string, options: EnvironmentOptions): Setup {
  const { environments, images = {} } = options;
  const environment = parseEnvironments(environments).find((each) => each.name === name);
  const hasImage = images[repositoryOf(appImage(environment))] !== undefined;
  const setup = environmentSetup(name, {
    ...options,
    environments: hasImage ? environments : withoutCommand(environments, name),
  });
  if (environment?.redis.kind !== "service") {
    const other = "use npm run local";
    throw new Error(
      `the app of ${name} does not use a Redis on ECS, so scenarios cannot be played; ${other}`,
    );
  }
  return setup;
}

/** The reference of the app's image; one of our own if the environment reads it from a parameter. */
const appImage = (environment: Environment | undefined): string => {
  const image = environment?.app.image;
  return typeof image === "string" ? image : `${RELEASED}:1.0.0`;
};

/**
 * The environments without the command of the app's container. The command belongs to an image that does not run
 * here.
 */
export function withoutCommand(all: EnvironmentsInput, name: string): EnvironmentsInput {
  const environment = all[name];
  if (environment === undefined) return all;
  const { command: _, entryPoint: __, ...app } = environment.app;
  return { ...all, [name]: { ...environment, app } };
}

export const guestBook = (): LocalImage =>
  appProgram(new URL("../../../examples/app/", import.meta.url));

/** Values for the app's secrets, which are outside the template. */
function secretsOf({ app }: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(app.secrets).map(([variable, reference]) => [
      secretName(reference),
      `local ${variable}`,
    ]),
  );
}

/** The name of a secret from its name or ARN. */
const secretName = (reference: string): string =>
  reference.startsWith("arn:")
    ? (reference.split(":")[6] ?? reference).replace(/-\w{6}$/, "")
    : reference;

/** Names of existing namespaces. The template has only their ids. */
function namespacesOf({ namespace }: Environment): Record<string, string> {
  return "id" in namespace ? { [namespace.id]: namespace.name } : {};
}

/** Replaces an image parameter with the image that a release pipeline would write there. */
function withRelease(
  all: EnvironmentsInput,
  name: string,
  repository: string,
  { tag, command }: Release,
): EnvironmentsInput {
  const environment = all[name];
  if (environment === undefined) throw new Error(`there is no environment ${name}`);
  const app: EnvironmentInput["app"] = { ...environment.app, image: `${repository}:${tag}` };
  const changed = { ...environment, app: command ? { ...app, command: [...command] } : app };
  return { ...all, [name]: changed };
}
