import type { NetworkMode } from "./task-network.ts";

/** One container of a task definition, in the terms of ECS. Sizes are MiB, times seconds. */
export interface ContainerProps {
  readonly name: string;
  readonly image: string;
  /** Hard limit: a container that exceeds it is killed. */
  readonly memory: number;
  readonly cpu: number;
  /** Port inside the container, if any. */
  readonly port?: number | undefined;
  /** @default "bridge", where ECS picks a free port of the host; the other modes use the same port */
  readonly networkMode?: NetworkMode;
  /** Replaces the image's ENTRYPOINT, and drops its CMD. */
  readonly entryPoint?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
  readonly user?: string;
  readonly variables: Readonly<Record<string, string>>;
  /** From variable name to the ARN of the secret, of a key in it, or of a parameter. */
  readonly secrets: Readonly<Record<string, string>>;
  /** From volume name to the path inside the container. */
  readonly mounts?: Readonly<Record<string, string>>;
  readonly healthCheck?: HealthCheckProps | undefined;
  /** @default none: a container that ends ends its task */
  readonly restartPolicy?: RestartPolicyProps;
  /** Between SIGTERM and SIGKILL. */
  readonly stopTimeout: number;
  readonly openFiles?: number;
  /** Only mounts and a small /tmp in memory can be written. ECS Exec cannot run then. */
  readonly readonlyRootFilesystem: boolean;
  readonly log: { readonly group: string; readonly region: string };
}

export interface HealthCheckProps {
  /** A line of sh; exit 0 is healthy. */
  readonly shell: string;
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  /** Failures in this time do not count; at most 300. */
  readonly startPeriod: number;
}

/** Whether the agent starts a container again in its task, without an event in ECS. */
export interface RestartPolicyProps {
  readonly enabled: boolean;
  /** Exit codes that end the task. 0 is restarted, too, unless it is here. */
  readonly ignoredExitCodes: readonly number[];
  /** A container that has run for less time is not restarted; 60 to 1800. */
  readonly restartAttemptPeriod: number;
}

/**
 * The JSON of `container_definitions`
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html).
 *
 * It is plain JSON in which every token is a string: Terraform resolves references inside it, and
 * any other reader can parse it. `jsonencode` would write HCL that only Terraform understands.
 */
export function containerDefinitions(...containers: readonly ContainerProps[]): string {
  return JSON.stringify(containers.map((container) => containerDefinition(container)));
}

function containerDefinition(props: ContainerProps) {
  return {
    name: props.name,
    image: props.image,
    essential: true,
    cpu: props.cpu,
    memory: props.memory,
    ...(props.entryPoint && { entryPoint: props.entryPoint }),
    ...(props.command && { command: props.command }),
    ...(props.user !== undefined && { user: props.user }),
    portMappings: portMappings(props),
    environment: byName(props.variables).map(([name, value]) => ({ name, value })),
    secrets: byName(props.secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
    mountPoints: byName(props.mounts ?? {}).map(([sourceVolume, containerPath]) => ({
      sourceVolume,
      containerPath,
      readOnly: false,
    })),
    ...(props.healthCheck && { healthCheck: healthCheck(props.healthCheck) }),
    ...(props.restartPolicy && { restartPolicy: props.restartPolicy }),
    stopTimeout: props.stopTimeout,
    readonlyRootFilesystem: props.readonlyRootFilesystem,
    linuxParameters: linuxParameters(props),
    ...(props.openFiles !== undefined && {
      ulimits: [{ name: "nofile", softLimit: props.openFiles, hardLimit: props.openFiles }],
    }),
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": props.log.group,
        "awslogs-region": props.log.region,
        "awslogs-stream-prefix": props.name,
        // A full log pipe must never stop the container.
        mode: "non-blocking",
        "max-buffer-size": "4m",
      },
    },
  };
}

export function linuxParameters({
  readonlyRootFilesystem,
}: Pick<ContainerProps, "readonlyRootFilesystem">) {
  return {
    // An init process as PID 1 passes SIGTERM on: a shell as PID 1 ignores it.
    initProcessEnabled: true,
    ...(readonlyRootFilesystem && { tmpfs: [temporary] }),
  };
}

function portMappings({ port, networkMode = "bridge" }: ContainerProps) {
  if (port === undefined) return [];
  return [{ containerPort: port, hostPort: networkMode === "bridge" ? 0 : port, protocol: "tcp" }];
}

/** Most programs need /tmp. It counts as memory of the container. */
const temporary = { containerPath: "/tmp", size: 32, mountOptions: ["nosuid", "nodev"] };

function healthCheck({ shell, ...times }: HealthCheckProps) {
  return { command: ["CMD-SHELL", shell], ...times };
}

/** ECS returns lists sorted by name: sorted here too, a plan shows no difference. */
function byName(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1));
}
