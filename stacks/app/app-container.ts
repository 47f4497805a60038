import { checkInside } from "../config/container-schema.ts";
import type { Environment } from "../config/parse-environments.ts";
import type { ContainerProps } from "../ecs/container-definition.ts";
import type { RedisParts } from "../redis/redis-parts.ts";
import { valueFrom } from "../config/secret-reference.ts";

/** What runs in the app's container: pure, but for tokens that Terraform resolves. */

export const appContainer = "app";

export interface AppContainerProps {
  readonly environment: Environment;
  /** Where other services are, by variable. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly redis: Pick<RedisParts, "environment" | "secrets">;
  /** The literal of the environment, or a token of what its parameter holds. */
  readonly image: string;
  readonly logGroup: string;
}

export function appContainerProps(props: AppContainerProps): ContainerProps {
  const { environment, addresses, redis, logGroup } = props;
  const { app, region } = environment;
  const port = appPort(app);
  return {
    name: appContainer,
    image: props.image,
    memory: app.memory,
    cpu: app.cpu,
    port,
    networkMode: app.networkMode,
    entryPoint: app.entryPoint,
    command: app.command,
    environment: {
      ...app.environment,
      ...addresses,
      // But in host mode the instance metadata is out of reach, where SDKs look for the region.
      AWS_REGION: region,
      ...(port !== undefined && { PORT: String(port) }),
      ...redis.environment,
    },
    secrets: { ...ownSecrets(environment), ...redis.secrets },
    healthCheck: app.healthCheck && checkInside(app.healthCheck),
    stopTimeout: app.stopTimeout,
    readonlyRootFilesystem: app.readonlyRootFilesystem,
    log: { group: logGroup, region },
  };
}

/** The port that the container listens on; undefined for a worker that publishes none. */
export function appPort({ port, loadBalancer }: Environment["app"]): number | undefined {
  return port ?? (loadBalancer === false ? undefined : 3000);
}

/** From variable name to what ECS reads: ARNs, also where the environment has a parameter's name. */
export function ownSecrets(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment.app.secrets).map(([name, reference]) => [
      name,
      valueFrom(reference, environment),
    ]),
  );
}
