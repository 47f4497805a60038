import type { NetworkMode } from "./task-network.ts";

/** A container of a task definition. Sizes are in MiB, times in seconds. */
export interface ContainerProps {
  readonly name: string;
  readonly image: string;
  /** Whether the task ends with the container. @default true */
  readonly essential?: boolean;
  /** Containers of the task whose names resolve inside this one; they start first. Only in bridge mode. */
  readonly links?: readonly string[];
  /** Hard limit. A container that exceeds it is killed. */
  readonly memory: number;
  readonly cpu: number;
  /** Port inside the container. */
  readonly port?: number | undefined;
  /** In bridge mode ECS chooses a free host port; in the other modes the host port is `port`. @default "bridge" */
  readonly networkMode?: NetworkMode;
  /** Replaces the image's ENTRYPOINT and CMD. */
  readonly entryPoint?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
  readonly user?: string;
  readonly variables: Readonly<Record<string, string>>;
  /** By variable: the ARN of a secret, of a key in a secret, or of a parameter. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Path inside the container, by volume name. */
  readonly mounts?: Readonly<Record<string, string>>;
  readonly healthCheck?: HealthCheckProps | undefined;
  /** @default none: if the container exits, its task ends */
  readonly restartPolicy?: RestartPolicyProps;
  /** Time between SIGTERM and SIGKILL. */
  readonly stopTimeout: number;
  readonly openFiles?: number;
  /** True: the container can write only to mounts and a small /tmp in memory. ECS Exec does not work then. */
  readonly readonlyRootFilesystem: boolean;
  readonly log: { readonly group: string; readonly region: string };
}

export interface HealthCheckProps {
  /** Shell command. Exit code 0 means healthy. */
  readonly shell: string;
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  /** Time after the start in which failures are ignored. At most 300. */
  readonly startPeriod: number;
}

/** Whether the agent restarts a container inside its task. ECS emits no event for that. */
export interface RestartPolicyProps {
  readonly enabled: boolean;
  /** Exit codes that end the task. Unless it is listed, exit code 0 causes a restart too. */
  readonly ignoredExitCodes: readonly number[];
  /** Minimum time that a container must have run to be restarted. 60 to 1800. */
  readonly restartAttemptPeriod: number;
}

/**
 * The JSON of `container_definitions`
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html).
 *
 * The result is plain JSON in which every token is a string, so Terraform resolves references in it and other
 * programs can parse it. With `jsonencode` it would be HCL, which only Terraform can read.
 */
export function containerDefinitions(...containers: readonly ContainerProps[]): string {
  return JSON.stringify(containers.map((container) => containerDefinition(container)));
}

function containerDefinition(props: ContainerProps) {
  return {
    name: props.name,
    image: props.image,
    essential: props.essential ?? true,
    ...(props.links && { links: props.links }),
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
        // A full log buffer must not block the container.
        mode: "non-blocking",
        "max-buffer-size": "4m",
      },
    },
  };
}

function linuxParameters({
  readonlyRootFilesystem,
}: Pick<ContainerProps, "readonlyRootFilesystem">) {
  return {
    // An init process as PID 1 forwards SIGTERM. A shell as PID 1 ignores it.
    initProcessEnabled: true,
    ...(readonlyRootFilesystem && { tmpfs: [temporary] }),
  };
}

function portMappings({ port, networkMode = "bridge" }: ContainerProps) {
  if (port === undefined) return [];
  return [{ containerPort: port, hostPort: networkMode === "bridge" ? 0 : port, protocol: "tcp" }];
}

/** Most programs need /tmp. It counts towards the memory limit of the container. */
const temporary = { containerPath: "/tmp", size: 32, mountOptions: ["nosuid", "nodev"] };

function healthCheck({ shell, ...times }: HealthCheckProps) {
  return { command: ["CMD-SHELL", shell], ...times };
}

/** ECS returns lists sorted by name. Sort them here too, so that plans show no difference. */
function byName(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1));
}
