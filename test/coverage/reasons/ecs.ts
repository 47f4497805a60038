import type { Reasons } from "../unrun.ts";
import { SOAK, DEFECT, TYPES, RACE, GONE, ENDED, SLOW } from "./why.ts";

/** Of the local ECS, and of the programs that it runs. */
export const ofEcs: Reasons = {
  "harness/ecs/terraform/saved/configuration.ts": [
    {
      lines: ["if (!isRecord(block) || !isRecord(values)) return true;"],
      why: "a plan that a property draws may have no such block",
      isChance: true,
    },
  ],
  "harness/ecs/discovery/cloud-map.ts": [
    { lines: ["if (!entry) return;"], why: `${TYPES}: what registers is of the same template` },
  ],
  "harness/ecs/discovery/discover-instances.ts": [
    {
      lines: ["() => response.destroy(),"],
      why: "a client ends in the middle of its request",
      isChance: true,
    },
  ],
  "harness/ecs/discovery/dns-forward.ts": [
    {
      lines: ['throw new Error("closed");'],
      why: `${TYPES}: a socket's messages end with an error alone`,
    },
    {
      lines: ['throw new Error("closed before the reply");'],
      why: "the next server is asked then, as after each other error",
    },
  ],
  "harness/ecs/discovery/name-service.ts": [
    {
      lines: ["const forward = forwardTo(() => new Resolver().getServers());"],
      why: "tests ask no server of this machine",
    },
  ],
  "harness/ecs/faults/affected-tasks.ts": [
    { lines: ["if (this.#ended) return;"], why: ENDED, isChance: true },
  ],
  "harness/ecs/faults/lost-host.ts": [
    {
      lines: ["if (this.#targets.losesUnsynced) await this.#regainUnsynced();"],
      why: SOAK,
      isChance: true,
    },
  ],
  "harness/ecs/faults/task-faults.ts": [
    {
      lines: ["await end();", "throw error;"],
      why: "a fault that cannot begin: the port is taken by another program on this machine",
      isChance: true,
    },
  ],
  "harness/ecs/machine/black-hole.ts": [
    {
      lines: [
        "await hole.close();",
        "throw error;",
        "const { address, port } = this.#endpoint;",
        "const message = `black hole at ${address}:${port}: ${why}`;",
        'finish(() => reject(new HarnessError("ERR_PLATFORM", message, { cause })));',
        "const failed = (error: Error): void => fail(error.message, error);",
        'const ended = (): void => fail("its thread has ended");',
        "const late = (): void => fail(`its thread did not answer within ${ANSWER_TIMEOUT} ms`);",
      ],
      why: "only a machine that can start no thread leads to it",
    },
  ],
  "harness/ecs/machine/file-locks.ts": [
    { lines: [/\.catch\(\(\) => /], why: GONE, isChance: true },
  ],
  "harness/ecs/machine/file-size-limit.ts": [
    {
      lines: [/\.catch\(\(\) => /, "if (!owner) return;", "if (!ownerOf(pid)) return;"],
      why: GONE,
      isChance: true,
    },
    {
      lines: [
        "const message = `cannot limit the files of process ${pid}: ${messageOf(error)}`;",
        'throw new HarnessError("ERR_PLATFORM", message, { cause: error });',
      ],
      why: "a user may limit its own processes",
    },
  ],
  "harness/ecs/machine/guarded-process.ts": [
    {
      lines: ["child.stdin?.end();", "throw error;", "if (!this.running) return;"],
      why: ENDED,
      isChance: true,
    },
  ],
  "harness/ecs/machine/guardian.ts": [
    {
      lines: [
        "for (const pid of this.#acknowledged.keys()) this.#acknowledge(pid);",
        'if (this.#gone) throw new HarnessError("ERR_CLOSED", "the guardian process has ended");',
        "if (this.#process.exitCode !== 0) await this.#cleanUp();",
      ],
      why: ENDED,
      isChance: true,
    },
    {
      lines: ['throw new HarnessError("ERR_TIMEOUT", `${message} within ${timeout} ms`);'],
      why: SLOW,
    },
  ],
  "harness/ecs/machine/loopback.ts": [
    {
      lines: ["const server = createServer((socket) => socket.destroy());"],
      why: "no one connects to the port that claims a block",
      isChance: true,
    },
  ],
  "harness/ecs/machine/process-group.ts": [
    {
      lines: [
        "const message = `process ${running[0]} did not stop within ${STOP_TIMEOUT} ms`;",
        'throw new HarnessError("ERR_TIMEOUT", message);',
      ],
      why: SLOW,
    },
    {
      lines: ["return [];", "if (/^State:\\s+[ZX]/m.test(status)) return undefined;"],
      why: GONE,
      isChance: true,
    },
  ],
  "harness/ecs/machine/published-port.ts": [
    {
      lines: ['client.on("error", () => program.destroy());'],
      why: "a client resets its connection in the moment in which the program ends it",
      isChance: true,
    },
    {
      lines: [
        "if (this.#closed.signal.aborted || this.#cut) this.#unlisten();",
        "const refuse = (): void => void client.resetAndDestroy();",
      ],
      why: ENDED,
      isChance: true,
    },
  ],
  "harness/ecs/terraform/fixed-ports.ts": [
    {
      lines: ['if (!definition || definition.networkMode === "awsvpc") return [];'],
      why: "tests ask for the fixed ports of services in bridge and host mode",
      isChance: true,
    },
  ],
  "harness/ecs/terraform/model.ts": [
    {
      lines: ["const values = checked?.arguments ?? resolver.resolve(block, () => true);"],
      why: "a resource that is not modelled and refers to nothing",
      isChance: true,
    },
  ],
  "harness/ecs/terraform/upgrade-changes.ts": [
    {
      lines: ["const from = moved.find(({ to }) => to === address)?.from;"],
      why: "no upgrade of the tests moves and changes the same resource",
      isChance: true,
    },
  ],
  ...Object.fromEntries(
    Object.entries({
      arguments: ["if (/^secret_string(_wo)?$/.test(String(argument))) return undefined;"],
      configuration: [
        "if (!Array.isArray(level)) return written(level, rest, value);",
        "return { references: all.flatMap(({ references }) => references), constant: undefined };",
      ],
      provider: ['if (typeof region === "string" && type.startsWith("aws_ecs_")) return [region];'],
      scopes: [
        'if (root === "var") return this.#isKnownVariable(steps, name);',
        "const call = this.#configuration.call(steps);",
        "if (!call) return this.at(steps).variables[name]?.default !== undefined;",
        "if (!Object.hasOwn(call.expressions, name)) return true;",
        "return this.#input(steps.slice(0, -1), expressionOf(call.expressions[name])) !== undefined;",
      ],
      unmodelled: ["if (Array.isArray(level) && !isNumber) level = level[0];"],
    }).map(([name, lines]) => [
      `harness/ecs/terraform/saved/${name}.ts`,
      [{ lines, why: "none of the recorded plans is written so", isChance: true as const }],
    ]),
  ),
  "harness/ecs/machine/relayed-connection.ts": [
    { lines: ["if (this.#broken) this.destroy();"], why: RACE, isChance: true },
  ],
  "harness/ecs/machine/unsynced-data.ts": [
    {
      lines: [
        'const code = error instanceof Error && "code" in error ? error.code : undefined;',
        'if (code === "ENOENT" || code === "ESRCH") return undefined;',
        "throw error;",
      ],
      why: GONE,
      isChance: true,
    },
  ],
  "harness/ecs/services/cluster.ts": [
    {
      lines: ["await close();", "throw error;"],
      why: "only a machine without a free port or process leads to it",
      isChance: true,
    },
  ],
  "harness/ecs/services/deployment.ts": [
    { lines: ["if (!deployment) return;", "if (!primary) return;"], why: TYPES, isChance: true },
  ],
  "harness/ecs/services/registration.ts": [
    {
      lines: ["if (port === undefined) continue;"],
      why: `${TYPES}: a plan is refused whose registry has no port`,
    },
  ],
  "harness/ecs/services/service.ts": [
    { lines: ["if (!task) return;"], why: ENDED, isChance: true },
  ],
  "harness/ecs/services/services.ts": [
    {
      lines: ["if (!revision) throw new Error(`${plan.taskDefinition} has not been registered`);"],
      why: `${TYPES}: task definitions are registered before their services`,
    },
  ],
  "harness/ecs/tasks/container-order.ts": [
    {
      lines: ["if (!other) return;"],
      why: `${TYPES}: a plan is refused whose container depends on none`,
    },
  ],
  "harness/ecs/tasks/container.ts": [
    { lines: ["if (isFull() !== full) await this.fillVolumes();"], why: RACE, isChance: true },
  ],
  "harness/ecs/tasks/health-check.ts": [
    {
      lines: ["if (ok === undefined) continue;", "if (signal.aborted) kill();", "return false;"],
      why: ENDED,
      isChance: true,
    },
  ],
  "harness/ecs/tasks/redis-image.ts": [
    {
      lines: [
        "const message = `no redis-cli beside ${server} or on PATH; on Debian or Ubuntu: apt-get install redis-tools`;",
        'throw new HarnessError("ERR_IMAGE", message);',
      ],
      why: "where redis-server is, redis-cli is too",
    },
  ],
  "harness/ecs/tasks/task.ts": [
    { lines: ['if (this.status === "STOPPED") return;'], why: ENDED, isChance: true },
  ],
  "harness/ecs/tasks/volumes.ts": [
    {
      lines: [
        'if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return [];',
        "throw error;",
      ],
      why: GONE,
      isChance: true,
    },
  ],
  "harness/ecs/terraform/equivalent.ts": [
    {
      lines: ['if (typeof before !== "string" || typeof after !== "string") return false;'],
      why: `${TYPES}: a plan is refused whose container definitions are no text`,
      isChance: true,
    },
  ],
  "harness/ecs/terraform/resolver.ts": [{ lines: ["throw error;"], why: DEFECT }],
  "harness/ecs/programs/free-port.ts": [
    {
      lines: ["throw new Error(`${ATTEMPTS} ports from ${first} to ${last} are taken`);"],
      why: "a machine on which so many are taken",
    },
  ],
  "harness/ecs/programs/operating-system.ts": [
    {
      lines: ["say: (line) => void process.stderr.write(`${line}\\n`),"],
      why: "tests install nothing on this machine",
    },
    { lines: ['return "";'], why: "each Linux of today has /etc/os-release" },
    { lines: ["throw error;"], why: "root may write where it is put" },
  ],
  "harness/ecs/programs/spawn-with-parent.ts": [
    {
      lines: ["if (setpriv === undefined) return spawn(command, args, options);"],
      why: "Linux has setpriv; macOS has not",
    },
  ],
  "harness/ecs/programs/start-redis.ts": [
    { lines: ["return false;"], why: "Redis answers the first question", isChance: true },
    {
      lines: [
        "throw new Error(`redis-server did not answer within ${START_TIMEOUT} ms: ${readLog(redis)}`);",
      ],
      why: SLOW,
    },
  ],
};
