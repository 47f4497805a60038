import type {
  LocalEcs,
  LocalImage,
  LocalEcsOptions,
  SecretReference,
  TemplateSource,
} from "../../ecs/index.ts";

/** A setup: a stack as it runs on this machine, and which of its services are the app and Redis. */
export interface Setup {
  /** The environment's name, `dev`. */
  readonly environment: string;
  /** What the local ECS needs to run it. */
  readonly local: Required<
    Pick<LocalEcsOptions, "template" | "images" | "parameters" | "secrets">
  > &
    Pick<LocalEcsOptions, "namespaces" | "attributes" | "hostnames">;
  /** The ECS services of the app's container and of Redis'. */
  readonly services: { readonly app: string; readonly redis: string };
  /** The names of these containers. @default {@link APP} and {@link REDIS} */
  readonly containers?: { readonly app: string; readonly redis: string };
  /** Where users reach the app: they try these addresses in turn. @default its load balancer */
  readonly entrance?: (ecs: Pick<LocalEcs, "loadBalancers" | "services">) => readonly string[];
  /** Whether ECS cannot know if a task of the app serves: it has no health check. @default false */
  readonly isUnchecked?: boolean;
  /**
   * Milliseconds in which every task of the app serves again, from the first health check that a Redis which has moved
   * passes. @default unknown: it is another app than ours
   */
  readonly servesWithin?: number;
  /** The path that users request with GET. @default they sign the guest book or read it */
  readonly path?: string;
  /** Where Redis is, if it is managed and no service of ECS; it has TLS. */
  readonly managed?: ManagedPlace;
  /** The setup that a scenario moves users to; it is in the same template. */
  readonly successor?: Setup;
  /** The secret with Redis' password, or the password itself; undefined where it has none. */
  readonly password: string | SecretReference | { readonly text: string } | undefined;
  /** `[service].[namespace]`; undefined where Redis has no name in DNS. */
  readonly srvName: string | undefined;
  /** The same stack with another release of the app, otherwise unchanged. */
  readonly release: (release: Release) => TemplateSource;
}

/** Where a managed Redis is. */
export interface ManagedPlace {
  /** The name in its certificate, and in the app's URL. */
  readonly name: string;
  /** The address behind the name on this machine. */
  readonly address: string;
  readonly port: number;
  /** File with the certificate that is trusted. */
  readonly certificate: string;
}

/** Names of the containers in this repository's own stacks. */
export const APP = "app";
export const REDIS = "redis";

/** What a release of the app changes. */
export interface Release {
  /** Tag of the image. */
  readonly tag: string;
  /** In place of the image's own command. */
  readonly command?: readonly string[];
}

/** A guest book: it stands in for an app, so it answers the health check of any path. */
export function appProgram(folder: URL) {
  return {
    command: [process.execPath, "server.js"],
    workingDirectory: folder.pathname,
    environment: { HEALTH_PATH: "*" },
  } satisfies LocalImage;
}
