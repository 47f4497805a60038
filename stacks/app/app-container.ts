import { valuesFrom } from "../aws/secret-access.ts";
import { appPort } from "../config/app-schema.ts";
import { checkInside } from "../config/container-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import type { Names } from "../config/names.ts";
import type { TaskDefinitionProps } from "../ecs/task-definition.ts";
import type { RedisParts } from "../redis/redis-parts.ts";
import { addressesOf } from "../services/make-services.ts";

export const appContainer = "app";

export interface AppContainerProps {
  readonly environment: Environment;
  readonly names: Names;
  readonly redis: Pick<RedisParts, "variables" | "secrets">;
  /** The literal of the environment, or a token for the value of its SSM parameter. */
  readonly image: string;
}

/** The app's container. */
export function appContainerProps({
  environment,
  names,
  redis,
  image,
}: AppContainerProps): TaskDefinitionProps["containers"][number] {
  const { app, region } = environment;
  const port = appPort(app);
  return {
    name: appContainer,
    image,
    memory: app.memory,
    cpu: app.cpu,
    port,
    entryPoint: app.entryPoint,
    command: app.command,
    variables: {
      ...app.environment,
      ...addressesOf(environment, names),
      // SDKs look for the region in the instance metadata, which only host mode can reach.
      AWS_REGION: region,
      ...(port !== undefined && { PORT: String(port) }),
      ...redis.variables,
    },
    secrets: { ...valuesFrom(app.secrets, environment), ...redis.secrets },
    healthCheck: app.healthCheck && checkInside(app.healthCheck),
    stopTimeout: app.stopTimeout,
    readonlyRootFilesystem: app.readonlyRootFilesystem,
  };
}
