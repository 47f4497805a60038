import type { Reasons } from "./unrun.ts";

const SOAK = "a soak of the tests plays a few faults for seconds; `npm run soak` plays all of them";
const FIGURES = "`npm run figures` runs it, for minutes";
const WRITES = "tests compare what it writes with the repository; a person runs it to write that";
const DEFECT = "an error of no known kind is a defect of this code: it goes on as it is";
const TYPES = "the types allow what cannot be";
const RACE = "a race that lasts microseconds: both come in the same turn of the event loop";
const GONE = "a process or a file is gone in the moment in which it is looked at";
const ENDED = "a race: the run ends while something of it begins";
const ASKED = "a person at a terminal says no; what asks is tested by itself";
const SLOW = "only a machine that hangs takes that long";

/** Why no test runs a statement. `npm run coverage` fails for one that is not in it, and for one too many. */
export const reasons: Reasons = {
  // All of a kind.
  "stacks/": [
    {
      lines: [
        /^(?:\} else )?if \(!\(error instanceof \w+\)\) throw error;$/,
        /^if \(!isExpected\) throw error;$/,
      ],
      why: DEFECT,
    },
  ],
  "harness/": [
    { lines: [/^if \(!\(error instanceof \w+\)\) throw error;$/], why: DEFECT },
    { lines: [/^(?:return )?[\w.]+ satisfies never;$/], why: "the types leave nothing for it" },
  ],
  "harness/plays/": [
    {
      lines: [/^if \((?:!\w+|\S+ === undefined)\) throw new Error\(/],
      why: "only a scenario or a setup that is made wrongly meets it, which fails then",
    },
  ],

  // The package.
  "runtime/src/base/weak-timer.ts": [
    {
      lines: ["if (owner === undefined) return;"],
      why: "only its owner sets a timer, and so is there",
    },
  ],
  "runtime/src/cli/forward.ts": [
    {
      lines: ['server.on("error", (error) => complain(describeError(error)));'],
      why: "a server that listens fails only where the process may open no more files",
    },
  ],
  "runtime/src/cli/relay.ts": [
    { lines: ["if (from.destroyed) reset(to);"], why: RACE, isChance: true },
  ],
  "runtime/src/cli/stop-signals.ts": [
    {
      lines: [
        "if (next === undefined) received.push(code);",
        "if (code !== undefined) return Promise.resolve(code);",
      ],
      why: "a race: the signal comes between two calls that wait for it",
      isChance: true,
    },
  ],
  "runtime/src/dial/dial.ts": [
    { lines: ["if (source === undefined) return undefined;"], why: "a dialer has a resolver" },
    { lines: ["if (!(await this.#race.needsMore())) return;"], why: RACE, isChance: true },
  ],
  "runtime/src/dns/channel.ts": [
    { lines: ['if (this.#state !== "connecting") return;'], why: RACE, isChance: true },
  ],
  "runtime/src/dns/exchange.ts": [
    {
      lines: ["if (this.#isClosed) return;"],
      why: "a race: the socket fails in the moment in which it is closed",
      isChance: true,
    },
  ],
  "runtime/src/grpc/module.ts": [
    { lines: ["if (!isMissing(error)) throw error;"], why: "the installed module can be loaded" },
  ],
  "runtime/src/http/service.ts": [
    { lines: ["if (socket.destroyed || this.#isClosed) return;"], why: RACE, isChance: true },
  ],
  "runtime/src/stream/srv-socket.ts": [
    { lines: ["if (this.destroyed) return void socket.destroy();"], why: RACE, isChance: true },
  ],
  "runtime/src/testing/transport.ts": [
    {
      lines: ["if (!isRemote(client)) return;"],
      why: `${TYPES}: dns2 has one type for the clients of UDP and TCP`,
    },
  ],

  // The stacks.
  "stacks/docs/main.ts": [{ lines: "the rest", why: WRITES }],
  "stacks/modules/main.ts": [{ lines: "the rest", why: WRITES }],
  "stacks/emulated/deployment.ts": [
    {
      lines: [
        'if (created.length === 0) throw new StepError("the plan creates nothing");',
        "throw new StepError(`the plan creates ${this.#planned} resources, and the state has ${length}`);",
        "if (refused !== undefined) throw refused;",
      ],
      why: "only an emulator that is broken leads to it",
    },
  ],
  "stacks/emulated/mending-proxy.ts": [
    {
      lines: [
        "outgoing.destroy(new Error(`the emulator gave no answer for ${LONGEST_ANSWER / 1000} s`));",
      ],
      why: "an emulator that hangs; a test would wait as long",
    },
  ],

  // The harness.
  "harness/commands/command-line.ts": [
    { lines: ["throw error;"], why: DEFECT },
    { lines: ["return false;"], why: "root may write everywhere", isChance: true },
  ],
  "harness/commands/confirm.ts": [
    {
      lines: ['lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));'],
      why: "tests have no terminal, which alone sends it",
    },
  ],
  "harness/commands/environments.ts": [
    {
      lines: [
        "console.error(`error: ${error instanceof Error ? error.message : String(error)}`);",
        "process.exit(1);",
      ],
      why: "the environments.ts of this repository can be read",
    },
  ],
  "harness/commands/installed-size.ts": [
    { lines: [/\.catch\(\(\) => /], why: GONE, isChance: true },
  ],
  "harness/commands/play-scenarios.ts": [
    {
      lines: [
        "if (!(await isAgreedTo(playable.summary, options.plan ?? {}, signal, output))) return 1;",
      ],
      why: ASKED,
      isChance: true,
    },
  ],
  "harness/commands/run-local.ts": [
    {
      lines: [
        "if (summary !== undefined && !(await isAgreedTo(summary, options, signal))) return 1;",
      ],
      why: ASKED,
    },
  ],
  "harness/commands/run-playground.ts": [
    {
      lines: [
        "if (summary !== undefined && !(await isAgreedTo(summary, plan ?? {}, signal))) return 1;",
      ],
      why: ASKED,
    },
  ],
  "harness/commands/run-upgrade.ts": [
    {
      lines: "the rest",
      why: "an upgrade that changes something is played by hand; tests analyse some",
    },
  ],
  "harness/commands/typed/ending.ts": [
    {
      lines: ["if (signal.aborted) this.end();", "if (this.signal.aborted) return;"],
      why: ENDED,
      isChance: true,
    },
  ],
  "harness/commands/typed/on-commands.ts": [
    { lines: ["if (signal.aborted) return;"], why: ENDED, isChance: true },
  ],
  "harness/soak/clients/client-process.ts": [
    {
      lines: [
        "if (this.#exit !== undefined) return;",
        "throw new Error(`the process of the clients ended with ${this.#exit}`);",
      ],
      why: "only a process of the clients that crashes leads to it",
      isChance: true,
    },
  ],
  "harness/upgrade/old-version.ts": [
    {
      lines: ["throw new VersionError(`--from ${from}: git archive failed`);"],
      why: "git can archive a commit that it has",
    },
  ],
  "harness/upgrade/unplayable.ts": [{ lines: ["throw error;"], why: DEFECT }],
  "harness/views/report/sides.ts": [
    { lines: ["if (!same) return [];"], why: `${TYPES}: both sides play the same steps` },
  ],
  "harness/views/terminal/app-hints.ts": [
    { lines: [/\.catch\(\(\) => /], why: GONE, isChance: true },
  ],
  "harness/views/terminal/health-hint.ts": [
    {
      lines: ['if (check === undefined || service === undefined) return "";'],
      why: `${TYPES}: a target is of the plan's own groups and services`,
    },
  ],
  "harness/views/timeline/record-bars.ts": [
    {
      lines: ["if (!first || from === undefined || to === undefined) return [];"],
      why: `${TYPES}: a group has an event, and each event a state`,
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
    { lines: [/\.catch\(\(\) => /, "if (!ownerOf(pid)) return;"], why: GONE, isChance: true },
    {
      lines: [
        "const message = `cannot limit the files of process ${pid}: ${messageOf(error)}`;",
        'throw new HarnessError("ERR_PLATFORM", message, { cause: error });',
      ],
      why: "a user may limit its own processes",
    },
  ],
  "harness/ecs/machine/guardian.ts": [
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
    { lines: ["return [];"], why: GONE, isChance: true },
  ],
  "harness/ecs/machine/published-port.ts": [
    {
      lines: [
        "if (this.#closed.signal.aborted || this.#cut) this.#unlisten();",
        "const refuse = (): void => void client.resetAndDestroy();",
      ],
      why: ENDED,
      isChance: true,
    },
  ],
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
      lines: ["if (ok === undefined) continue;", "if (signal.aborted) kill();"],
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
  "harness/programs/free-port.ts": [
    {
      lines: [
        'if (address === null || typeof address === "string") throw new Error("no TCP port was given");',
      ],
      why: TYPES,
    },
  ],
  "harness/programs/operating-system.ts": [
    {
      lines: ["say: (line) => void process.stderr.write(`${line}\\n`),"],
      why: "tests install nothing on this machine",
    },
    { lines: ['return "";'], why: "each Linux of today has /etc/os-release" },
    { lines: ["throw error;"], why: "root may write where it is put" },
  ],
  "harness/programs/spawn-with-parent.ts": [
    {
      lines: ["if (setpriv === undefined) return spawn(command, args, options);"],
      why: "Linux has setpriv; macOS has not",
    },
  ],
  "harness/programs/start-redis.ts": [
    {
      lines: [
        "throw new Error(`redis-server did not answer within ${START_TIMEOUT} ms: ${readLog(redis)}`);",
      ],
      why: SLOW,
    },
  ],
  "harness/results/write-results.ts": [
    {
      lines: ["return saveResults(name, makeResults(command, figures, versions));"],
      why: "tests measure nothing that is kept",
    },
  ],
  "harness/commands/figures.ts": [{ lines: "the rest", why: FIGURES }],
  "harness/commands/measure-figures.ts": [{ lines: "the rest", why: FIGURES }],
  "harness/commands/run-soak.ts": [{ lines: "the rest", why: SOAK }],
  "harness/soak/faults/faults.ts": [{ lines: "the rest", why: SOAK }],
  ...Object.fromEntries(
    ["client", "main", "profiles"].map((name) => [
      `harness/soak/clients/${name}.ts`,
      [{ lines: "the rest", why: "the soak kills this process, which then reports nothing" }],
    ]),
  ),
};
