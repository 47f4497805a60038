import { appPort } from "../config/app-schema.ts";
import { checkInside } from "../config/container-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import type { ContainerProps } from "../ecs/container-definition.ts";
import type { RedisParts } from "../redis/redis-parts.ts";
import { valuesFrom } from "../aws/secret-access.ts";

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
    secrets: { ...valuesFrom(app.secrets, environment), ...redis.secrets },
    healthCheck: app.healthCheck && checkInside(app.healthCheck),
    stopTimeout: app.stopTimeout,
    readonlyRootFilesystem: app.readonlyRootFilesystem,
    log: { group: logGroup, region },
  };
}
