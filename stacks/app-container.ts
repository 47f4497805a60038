import type { Environment } from "./config.ts";
import type { ContainerProps } from "./container-definition.ts";
import type { Names } from "./names.ts";
import { arn } from "./policy.ts";

/** What runs in the app's container: pure, but for tokens that Terraform resolves. */

export const appContainer = "app";

export interface AppContainerProps {
  readonly environment: Environment;
  readonly names: Names;
  /** The literal of the environment, or a token of what its parameter holds. */
  readonly image: string;
  readonly passwordArn: string;
  readonly logGroup: string;
}

export function appContainerProps(props: AppContainerProps): ContainerProps {
  const { environment, names, passwordArn, logGroup } = props;
  const { app, region } = environment;
  const port = appPort(app);
  return {
    name: appContainer,
    image: props.image,
    memory: app.memory,
    cpu: app.cpu,
    port,
    entryPoint: app.entryPoint,
    command: app.command,
    environment: {
      ...app.environment,
      // In bridge mode the instance metadata is out of reach, where SDKs look for the region.
      AWS_REGION: region,
      ...(port !== undefined && { PORT: String(port) }),
      REDIS_URL: names.redisUrl,
    },
    secrets: { ...ownSecrets(environment), REDIS_PASSWORD: passwordArn },
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
export function ownSecrets({ app, account, region }: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(app.secrets).map(([name, reference]) => [
      name,
      reference.startsWith("/") ? arn("ssm", region, account, `parameter${reference}`) : reference,
    ]),
  );
}

function checkInside({ command: shell, ...times }: NonNullable<Environment["app"]["healthCheck"]>) {
  return { shell, ...times };
}
