import type { Plan, TargetState } from "../../ecs/index.ts";
import { short } from "../words.ts";

type HealthCheck = NonNullable<ReturnType<Plan["targetGroups"]["get"]>>["healthCheck"];
type ServicePlan = Plan["services"][number];

/** The request and response of a failing health check, and the reaction of ECS. */
export function healthHint(target: TargetState, plan: Plan): string {
  const { service: name, taskId, targetGroup } = target;
  const groups = [...plan.targetGroups.values()];
  const check = groups.find((group) => group.name === targetGroup)?.healthCheck;
  const service = plan.services.find((each) => each.name === name);
  if (check === undefined || service === undefined) return "";
  const lines = [
    `${name} ${short(taskId)} fails its health check: GET ${check.path} ${whatCame(target, check)}; expected ${check.matcher}`,
    ...(isRefused(target) ? [whereToListen(target, hasPort(target, service, plan))] : []),
    whatFollows(check, service),
  ];
  return lines.map((line, index) => `${index === 0 ? "  ! " : "    "}${line}`).join("\n");
}

/** A hint about a taken port, where all tasks share this machine's. Undefined if the output does not mention one. */
export function portHint(
  { service, taskId }: Pick<TargetState, "service" | "taskId">,
  target: Pick<TargetState, "containerPort" | "listenPort"> | undefined,
  log: string,
): string | undefined {
  const line = log.split("\n").find((each) => /EADDRINUSE|address already in use/i.test(each));
  if (line === undefined) return undefined;
  const { containerPort, listenPort } = target ?? {};
  if (listenPort !== undefined && listenPort === containerPort) return undefined;
  const [, wanted] = /:(\d+)$/.exec(line.trimEnd()) ?? [];
  const port = listenPort === undefined ? "" : `, ${listenPort} in this task`;
  return [
    `  ! ${service} ${short(taskId)} tried to listen on a taken port${wanted === undefined ? "" : `, ${wanted}`}. It must listen on the port that PORT names${port}.`,
    "    Here all tasks share this machine's ports, so each task gets its own PORT. On ECS each container has its own ports.",
  ].join("\n");
}

/** A hint about an app that ended, with the line of its output that has the reason. */
export function endHint(
  { service, taskId }: Pick<TargetState, "service" | "taskId">,
  exitCode: number,
  log: string,
  plan: Plan,
): string {
  const why = reasonIn(log);
  return [
    `  ! ${service} ${short(taskId)} ended with exit code ${exitCode}${why === undefined ? "" : `: ${why}`}`,
    `    ECS starts another task. ${whatCounts(service, plan)}`,
  ].join("\n");
}

/** What the end of a task means for its deployment. */
function whatCounts(name: string, plan: Plan): string {
  const service = plan.services.find((each) => each.name === name);
  const { containers = [] } = plan.taskDefinitions.get(service?.taskDefinition ?? "") ?? {};
  const isChecked =
    (service?.targets ?? []).length > 0 ||
    containers.some(({ essential, healthCheck }) => essential && healthCheck !== undefined);
  return isChecked
    ? "A task that exits before it passes its health checks counts as failed."
    : "A task that has run does not count as failed without a health check: the circuit breaker ends no such deployment.";
}

/** The first line with an error, else the last non-empty line. */
function reasonIn(log: string): string | undefined {
  const lines = log.split("\n").flatMap((line) => line.trim() || []);
  return lines.find((line) => /^(?:\w*error\b.*:|.*\bnot found\b)/i.test(line)) ?? lines.at(-1);
}

const isRefused = ({ failure = "" }: TargetState): boolean => failure.includes("ECONNREFUSED");

/** The failure in words. The reason has AWS' wording. */
function whatCame({ failure = "" }: TargetState, { timeout }: HealthCheck): string {
  const code = /codes: \[(\d+)\]/.exec(failure)?.[1];
  if (code !== undefined) return `gave status ${code}`;
  if (failure === "Request timed out") return `gave no answer within ${timeout} s`;
  const error = failure.replace("Health checks failed: ", "");
  return error.includes("ECONNREFUSED") ? "was refused: no program listens" : `failed: ${error}`;
}

/** Advice about the variable PORT. */
function hasPort({ containerPort }: TargetState, service: ServicePlan, plan: Plan): boolean {
  const { containers = [] } = plan.taskDefinitions.get(service.taskDefinition) ?? {};
  const names = service.targets.map(({ containerName }) => containerName);
  return containers.some(
    ({ name, environment }) =>
      names.includes(name) && environment["PORT"] === String(containerPort),
  );
}

function whereToListen({ containerPort, listenPort }: TargetState, knowsPort: boolean): string {
  const port = `the container's port ${containerPort}`;
  // In a network of its own.
  if (listenPort === containerPort) {
    return `Listen on ${port}, on every address, not only on localhost.`;
  }
  return knowsPort
    ? `Listen on PORT, ${listenPort} in this task (it replaces ${port}), on every address, not only on localhost.`
    : `Set the container's variable PORT to ${containerPort}, and listen on PORT: here it is the port that replaces ${port}.`;
}

function whatFollows(check: HealthCheck, service: ServicePlan): string {
  const { interval, unhealthyThreshold } = check;
  const { healthCheckGracePeriod: grace, circuitBreaker } = service;
  const rule = `The check runs every ${interval} s. After ${unhealthyThreshold} consecutive failures ECS stops the task and starts another.`;
  const early = grace > 0 ? [`Failures in the first ${grace} s of a task do not count.`] : [];
  const end = circuitBreaker.enable
    ? ["If several consecutive tasks fail, ECS fails the deployment."]
    : [];
  return [rule, ...early, ...end].join(" ");
}
