import type {
  LocalEcs,
  LocalImage,
  LocalEcsOptions,
  SecretReference,
  TemplateSource,
} from "../../ecs/index.ts";

/** A setup: a stack to run on this machine, with the names of its app and Redis. */
export interface Setup {
  readonly environment: string;
  readonly local: Required<
    Pick<LocalEcsOptions, "template" | "images" | "parameters" | "secrets">
  > &
    Pick<
      LocalEcsOptions,
      "environmentFiles" | "namespaces" | "attributes" | "platform" | "adjust" | "speed"
    >;
  /** The ECS services of app and Redis. */
  readonly services: { readonly app: string; readonly redis: string };
  /** The containers of app and Redis. @default {@link APP} and {@link REDIS} */
  readonly containers?: { readonly app: string; readonly redis: string };
  /** The URLs of the app. Users try them in turn. @default its load balancer */
  readonly entrance?: (ecs: Pick<LocalEcs, "loadBalancers" | "services">) => readonly string[];
  /** Whether a deployment of the app starts a new task before the old one stops. @default false */
  readonly isOverlapping?: boolean;
  /** Whether Redis has no health check: it is up when it answers. @default false */
  readonly isRedisUnchecked?: boolean;
  /** Whether Redis has the same port everywhere. @default false */
  readonly hasFixedPort?: boolean;
  /** Whether the data of Redis end with its task, because they are in no volume. @default false */
  readonly isEphemeral?: boolean;
  /** Whether the app is the user's: what it does without Redis is not known. @default false */
  readonly isOwnApp?: boolean;
  /** Whether the app has no health check, so ECS does not know if a task serves. @default false */
  readonly isUnchecked?: boolean;
  /**
   * Milliseconds within which every app task serves again, after a moved Redis passes its first health check.
   * @default unknown, for a user's app
   */
  readonly servesWithin?: number;
  /** The path that users request with GET. @default they sign the guest book or read it */
  readonly path?: string;
  /** The setup that users move to. It is in the same template. */
  readonly successor?: Setup;
  /** The secret with the Redis password, or the password. Undefined if it has none. */
  readonly password: string | SecretReference | { readonly text: string } | undefined;
  /** `[service].[namespace]`. Undefined if Redis has no DNS name. */
  readonly srvName: string | undefined;
  /** The same stack with another release of the app. */
  readonly release: (release: Release) => TemplateSource;
}

/** Names of the containers in this repository's stacks. */
export const APP = "app";
export const REDIS = "redis";

/** The changes of an app release. */
export interface Release {
  readonly tag: string;
  /** Replaces the image's command. */
  readonly command?: readonly string[];
}

/** A guest book that replaces an app, so it accepts any health check path. */
export function appProgram(folder: URL) {
  return {
    command: [process.execPath, "server.js"],
    workingDirectory: folder.pathname,
    environment: { HEALTH_PATH: "*" },
  } satisfies LocalImage;
}
