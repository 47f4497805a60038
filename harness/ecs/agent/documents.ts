import type { ContainerState } from "../base/state.ts";
import type { Task } from "../tasks/task.ts";
import type { ContainerPlan } from "../terraform/plan/plan.ts";
import type { AgentRun } from "./agent-run.ts";
import { dockerIdOf } from "../tasks/container-context.ts";
import { containerArnOf, dockerNameOf, taskArnOf } from "./arns.ts";

// The documents of the task metadata endpoint. A field that is not known is left out.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-response.html
// https://github.com/aws/amazon-ecs-agent, ecs-agent/tmds/handlers/v4/state/response.go and v2/response.go

export type Version = "v3" | "v4";

type Where = Pick<AgentRun, "region" | "account" | "cluster">;

export function taskDocument(task: Task, where: Where, version: Version): object {
  const { definition, label } = task.context.revision;
  const state = task.state();
  const zone = task.host?.zone;
  const isV4 = version === "v4";
  return {
    Cluster: where.cluster,
    TaskARN: taskArnOf(task.id, where),
    Family: definition.family,
    Revision: label.split(":").at(-1),
    DesiredStatus: desired(task),
    KnownStatus: TASK_STATUS[state.status] ?? "RUNNING",
    ...limitsOf(definition.cpu, definition.memoryLimit),
    ...(state.stoppedAt !== undefined && { ExecutionStoppedAt: time(state.stoppedAt) }),
    ...(zone !== undefined && { AvailabilityZone: `${where.region}${zone}` }),
    ...(isV4 && {
      LaunchType: definition.launchType ?? "EC2",
      ...(!task.isStandalone && { ServiceName: task.context.service }),
      FaultInjectionEnabled: false,
    }),
    Containers: state.containers.map((each) => containerDocument(task, each, where, version)),
  };
}

/** A task is RUNNING until its containers have stopped; before, its images are pulled. */
const TASK_STATUS: Readonly<Record<string, string>> = {
  PROVISIONING: "PULLED",
  PENDING: "PULLED",
  STOPPED: "STOPPED",
};

const desired = (task: Task): string =>
  task.stopping || task.status === "STOPPED" ? "STOPPED" : "RUNNING";

export function containerDocument(
  task: Task,
  state: ContainerState,
  where: Where,
  version: Version,
): object {
  const { definition, label } = task.context.revision;
  const plan = definition.containers.find(({ name }) => name === state.name);
  const { name, image, exitCode } = state;
  return {
    DockerId: dockerIdOf(task.id, name),
    Name: name,
    DockerName: dockerNameOf(label, task.id, name),
    Image: image,
    ...portsOf(task, state),
    Labels: {
      ...plan?.dockerLabels,
      "com.amazonaws.ecs.cluster": where.cluster,
      "com.amazonaws.ecs.container-name": name,
      "com.amazonaws.ecs.task-arn": taskArnOf(task.id, where),
      "com.amazonaws.ecs.task-definition-family": definition.family,
      "com.amazonaws.ecs.task-definition-version": label.split(":").at(-1),
    },
    DesiredStatus: state.status === "STOPPED" ? "STOPPED" : desired(task),
    KnownStatus: state.status === "PENDING" ? "PULLED" : state.status,
    ...(exitCode !== undefined && { ExitCode: exitCode }),
    // In CPU units, at least Docker's minimum, and MiB; the agent writes 0 for no hard limit.
    Limits: { CPU: Math.max(2, plan?.cpu ?? 0), Memory: plan?.memory ?? 0 },
    ...timesOf(state),
    Type: "NORMAL",
    ...healthOf(state, plan),
    ...(version === "v4" && {
      ...logOf(plan, task.id),
      ContainerARN: containerArnOf(task.id, name, where),
      ...(plan?.restartPolicy?.enabled === true && { RestartCount: state.restarts }),
    }),
    ...networksOf(task, state, where, version),
  };
}

const time = (at: number): string => new Date(at).toISOString();

/** vCPUs and MiB. */
function limitsOf(cpu: number | undefined, memory: number | undefined): { Limits?: object } {
  const limits = {
    ...(cpu !== undefined && { CPU: cpu }),
    ...(memory !== undefined && { Memory: memory }),
  };
  return Object.keys(limits).length === 0 ? {} : { Limits: limits };
}

const timesOf = ({ createdAt, startedAt, finishedAt }: ContainerState): object => ({
  ...(createdAt !== undefined && { CreatedAt: time(createdAt) }),
  ...(startedAt !== undefined && { StartedAt: time(startedAt) }),
  ...(finishedAt !== undefined && { FinishedAt: time(finishedAt) }),
});

const healthOf = (
  { health, healthSince }: ContainerState,
  plan: ContainerPlan | undefined,
): object =>
  plan?.healthCheck === undefined
    ? {}
    : {
        Health: {
          status: health,
          ...(healthSince !== undefined && { statusSince: time(healthSince) }),
        },
      };

/**
 * An option with a value that only AWS knows is left out. ECS makes the name of the stream from its prefix.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
 */
function logOf(plan: ContainerPlan | undefined, taskId: string): object {
  const { logDriver, options = {} } = plan?.logConfiguration ?? {};
  if (plan === undefined || logDriver === undefined) return {};
  const named = Object.entries(options).map(([option, value]) =>
    option === "awslogs-stream-prefix"
      ? ["awslogs-stream", `${value}/${plan.name}/${taskId}`]
      : [option, value],
  );
  const known = named.filter(([, value]) => value?.includes("⟨") === false);
  return { LogDriver: logDriver, LogOptions: Object.fromEntries(known) };
}

/** The host publishes ports in bridge mode only. */
function portsOf(task: Task, { ports }: ContainerState): object {
  const HostIp = task.context.revision.definition.networkMode === "bridge" && task.address;
  const all = ports.map(({ containerPort, hostPort }) => ({
    ContainerPort: containerPort,
    Protocol: "tcp",
    HostPort: hostPort,
    ...(HostIp && { HostIp }),
  }));
  return all.length === 0 ? {} : { Ports: all };
}

/** In awsvpc and host mode its address is the one that others reach: its records have it, too. */
function networksOf(
  task: Task,
  { address }: ContainerState,
  where: Where,
  version: Version,
): { Networks?: readonly object[] } {
  const { networkMode } = task.context.revision.definition;
  const own = networkMode === "bridge" ? (address ?? task.address) : task.address;
  if (own === undefined) return {};
  const more =
    networkMode === "awsvpc" && version === "v4" ? interfaceOf(task, own, where) : undefined;
  return { Networks: [{ NetworkMode: networkMode, IPv4Addresses: [own], ...more }] };
}

/** The network interface of a task. Its subnet is the run's block of addresses; its MAC address is made from the task's id. */
function interfaceOf({ id, context }: Task, address: string, { region }: Where): object {
  const block = address.slice(0, address.lastIndexOf("."));
  const [server = "", port] = context.runtime.dns.server.split(":");
  return {
    AttachmentIndex: 0,
    MACAddress: ["0e", ...(id.match(/../g) ?? []).slice(0, 5)].join(":"),
    IPv4SubnetCIDRBlock: `${block}.0/24`,
    ...(port === "53" && { DomainNameServers: [server] }),
    PrivateDNSName: `ip-${address.replaceAll(".", "-")}.${region}.compute.internal`,
    SubnetGatewayIpv4Address: `${block}.1/24`,
  };
}
