import { fileURLToPath } from "node:url";
import type { LocalImage } from "../../ecs/index.ts";
import { APP, type Setup } from "./setup.ts";
import { environmentSetup } from "./environment-setup.ts";
import { example } from "./example-environment.ts";
import { type SidecarProgram, redisCli } from "./sidecar-programs.ts";
import type { Template } from "./template.ts";

/** The service of a program without SRV support, and its two containers. */
export const COUNTER = "dev-counter";
export const FORWARD = "redis-forward";
export const PROGRAM = "counter";
export const COUNT = "count";

/** The mount path of the shared volume. In bridge mode the containers share no loopback interface. */
const SOCKETS = "/run/redis";
const SOCKET = `${SOCKETS}/redis.sock`;

/** The environment dev with one more service: a program beside `srv-dialer forward`. */
export function sidecar(program: SidecarProgram = redisCli): Setup {
  const dev = environmentSetup("dev", { environments: example });
  return {
    ...dev,
    local: {
      ...dev.local,
      template: withCounter(dev.local.template, program, dev.srvName),
      images: { ...dev.local.images, ...program.images(), "srv-dialer": srvDialerImage() },
    },
    release: (release) => withCounter(dev.release(release), program, dev.srvName),
  };
}

/** Node.js with the built package. */
function srvDialerImage(): LocalImage {
  const cli = fileURLToPath(new URL("../../../runtime/dist/cjs/cli.js", import.meta.url));
  return {
    command: ["srv-dialer", "--help"],
    programs: () => ({ "srv-dialer": `exec '${process.execPath}' '${cli}' "$@"` }),
  };
}

function withCounter(template: unknown, program: SidecarProgram, srvName = ""): Template {
  const { resource, ...others } = template as Template;
  const { aws_ecs_service: services = {}, aws_ecs_task_definition: definitions = {} } = resource;
  const [app] = JSON.parse(
    String(definitions["app_task_definition"]?.["container_definitions"]),
  ) as [{ readonly secrets: readonly { readonly name: string; readonly valueFrom: string }[] }];
  const password = app.secrets.find(({ name }) => name === "REDIS_PASSWORD")?.valueFrom;
  if (password === undefined) throw new Error(`the container ${APP} has no Redis password`);
  const counterDefinition = {
    family: COUNTER,
    requires_compatibilities: ["EC2"],
    network_mode: "bridge",
    volume: [{ name: "sockets" }],
    container_definitions: JSON.stringify([forward(srvName), counting(program, password)]),
  };
  const counter = {
    ...pick(services["app_service"], ["cluster", "capacity_provider_strategy"]),
    name: COUNTER,
    task_definition: "${aws_ecs_task_definition.counter.arn}",
    desired_count: 1,
    wait_for_steady_state: true,
  };
  return {
    ...others,
    resource: {
      ...resource,
      aws_ecs_task_definition: { ...definitions, counter: counterDefinition },
      aws_ecs_service: { ...services, counter },
    },
  };
}

/** As in the package's docs/sidecar.md. */
function forward(srvName: string) {
  return {
    name: FORWARD,
    image: "111111111111.dkr.ecr.eu-central-1.amazonaws.com/srv-dialer:0.1.0",
    essential: true,
    memory: 128,
    // A list of words, because a container does not use a shell by default.
    command: `srv-dialer forward ${srvName} --listen unix:${SOCKET} --mode 666 --redis`.split(" "),
    mountPoints: [{ sourceVolume: "sockets", containerPath: SOCKETS }],
    // The program starts once the socket exists. Without it the program ends.
    healthCheck: { command: ["CMD-SHELL", `test -S ${SOCKET}`], interval: 5, startPeriod: 30 },
    stopTimeout: 20,
    linuxParameters: { initProcessEnabled: true },
  };
}

function counting({ image, memory, command, passwordVariable }: SidecarProgram, password: string) {
  return {
    name: PROGRAM,
    image,
    essential: true,
    memory,
    command: command(SOCKET),
    mountPoints: [{ sourceVolume: "sockets", containerPath: SOCKETS }],
    secrets: [{ name: passwordVariable, valueFrom: password }],
    dependsOn: [{ containerName: FORWARD, condition: "HEALTHY" }],
    // As PID 1, a shell ignores SIGTERM unless it has a handler.
    linuxParameters: { initProcessEnabled: true },
  };
}

function pick(
  source: Record<string, unknown> | undefined,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(source ?? {}).filter(([name]) => names.includes(name)));
}
