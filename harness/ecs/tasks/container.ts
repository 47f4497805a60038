import { type FileHandle, open } from "node:fs/promises";
import { now } from "../base/events.ts";
import { messageOf } from "../base/message-of.ts";
import { interval } from "../base/interval.ts";
import { GuardedProcess } from "../machine/guarded-process.ts";
import { MARKER } from "../machine/guardian.ts";
import type { MemoryCgroup } from "../machine/memory-cgroup.ts";
import { killMarked } from "../machine/process-group.ts";
import type { ContainerState, HealthStatus } from "../base/state.ts";
import type { ContainerPlan } from "../terraform/plan/plan.ts";
import type { ContainerContext, ContainerRuntime } from "./container-context.ts";
import { ContainerPorts } from "./container-ports.ts";
import { watchContainer } from "./container-health.ts";
import { prepareLaunch } from "./container-launch.ts";
import { type Beside, besideProcess, type ContainerLaunch, type LaunchFiles } from "./launch.ts";
import { ContainerVolumes } from "./container-volumes.ts";
import type { HealthVerdict } from "./health-check.ts";
import { notRestarted } from "./restart-policy.ts";

/** The ECS agent's words: https://github.com/aws/amazon-ecs-agent/blob/master/agent/dockerclient/dockerapi/errors.go */
const OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage";

const cannotStart = (error: unknown): string => `CannotStartContainerError: ${messageOf(error)}`;

/** A container of a task: its process, health, restarts and end. */
export class Container {
  readonly plan: ContainerPlan;
  readonly #runtime: ContainerRuntime;
  readonly #context: ContainerContext;
  readonly #onChange: (container: Container) => void;
  readonly #ended = new AbortController();
  /** Aborted when it is killed or given up. After that it is not restarted in place. */
  readonly #final = new AbortController();
  /** For the current process. */
  #watch = new AbortController();
  #ranFrom = 0;
  /** Number of processes that were started, or tried. */
  #starts = 0;
  #ports: ContainerPorts | undefined;
  /** For the current process. */
  #volumes: ContainerVolumes | undefined;
  #process: GuardedProcess | undefined;
  #launch: ContainerLaunch | undefined;
  /** Keeps its log open: of a file that is open elsewhere no program gets a lease, for which readers of the log would wait. */
  #log: FileHandle | undefined;
  #stopSignal: NodeJS.Signals = "SIGTERM";
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  status: ContainerState["status"] = "PENDING";
  health: HealthStatus = "UNKNOWN";
  /** Consecutive failed health checks, without those that are ignored. */
  failedChecks = 0;
  /** Why the last health check has failed; undefined if it has passed. */
  healthFailure: string | undefined;
  #createdAt: number | undefined;
  #finishedAt: number | undefined;
  #healthSince: number | undefined;
  /** When its first process started, by `performance.now()`. Undefined: it has never run. */
  startedAt: number | undefined;
  /** Number of restarts in place. */
  restarts = 0;
  /** How the process before the last restart ended. */
  lastExit: Pick<ContainerState, "exitCode" | "reason"> | undefined;
  exitCode: number | undefined;
  /** Why it ended, in the words of ECS, if ECS says more than the exit code. */
  reason: string | undefined;
  /** Why it could not be started, or was killed. */
  failure: string | undefined;

  constructor(
    plan: ContainerPlan,
    runtime: ContainerRuntime,
    context: ContainerContext,
    onChange: (container: Container) => void,
  ) {
    this.plan = plan;
    this.#runtime = runtime;
    this.#context = context;
    this.#onChange = onChange;
  }

  /** Starts the process, once. If it cannot be started, the container counts as stopped. */
  start(): Promise<void> {
    this.#createdAt ??= now();
    this.#starting ??= this.#start().catch((error: unknown) => this.#fail(error, undefined));
    return this.#starting;
  }

  /** It will never be started. Its exit code is that of the agent, as after a SIGTERM. */
  giveUp(error: Error): void {
    this.#fail(error, 143);
  }

  /** Resolves when any start in progress has finished. */
  async untilStartEnds(): Promise<void> {
    await this.#starting;
  }

  /** Sends SIGTERM, or the image's stop signal, to the main process, and SIGKILL after `stopTimeout`. Resolves when it has ended. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.signal(signal);
  }

  /** Freezes all its processes until {@link thaw}. */
  freeze(): void {
    this.#process?.freeze();
  }

  thaw(): void {
    this.#process?.thaw();
  }

  /** Kills all its processes. They are not restarted. */
  kill(): void {
    this.forbidRestart();
    this.#process?.kill();
  }

  /** After this it is not restarted in place. */
  forbidRestart(): void {
    this.#final.abort();
  }

  /** Cuts the network between its published ports and all clients. */
  async cut(): Promise<void> {
    await this.#ports?.cut();
  }

  async reconnect(): Promise<void> {
    await this.#ports?.reconnect();
  }

  /** Kills all its processes and closes its ports, even during a cut. */
  async destroy(): Promise<void> {
    this.kill();
    await this.unpublish();
  }

  /** Limits file sizes while the volumes are full, and removes the limit afterwards. */
  async fillVolumes(): Promise<void> {
    await this.#volumes?.fill();
  }

  /** Drops the locks of its processes in its volumes, as the file system does. */
  async dropLocks(): Promise<void> {
    await this.#volumes?.dropLocks();
  }

  /** Releases its ports even during a cut; paused connections stay paused. */
  async freePorts(): Promise<void> {
    await this.#ports?.free();
  }

  /** Closes its ports, even during a cut. */
  async unpublish(): Promise<void> {
    await this.#ports?.discard();
  }

  /** Another program in it; undefined if it does not run. */
  beside(argv: readonly string[], hasTerminal: boolean): Beside | undefined {
    const running = this.#process;
    if (!running?.running || this.#launch === undefined) return undefined;
    return besideProcess(running, this.#launch, argv, hasTerminal);
  }

  /** The PIDs of its processes. */
  get processes(): readonly number[] {
    return this.#process?.members ?? [];
  }

  state(): ContainerState {
    const { plan, status, health, failedChecks, restarts, exitCode, reason } = this;
    const { name, image } = plan;
    const pid = this.#process?.running ? this.#process.pid : undefined;
    const ports = this.#context.ports.map(({ containerPort, hostPort }) => ({
      containerPort,
      hostPort,
    }));
    const address = this.#context.network?.address;
    const times = {
      createdAt: this.#createdAt,
      startedAt: this.#ranFrom > 0 ? performance.timeOrigin + this.#ranFrom : undefined,
      finishedAt: this.#finishedAt,
      healthSince: this.#healthSince,
    };
    const checked = { health, failedChecks, restarts };
    return { name, image, status, ...checked, pid, ...times, exitCode, reason, ports, address };
  }

  async #start(): Promise<void> {
    const launch = await prepareLaunch(this.plan, this.#runtime, this.#context);
    await this.#run(launch, () => {
      this.status = "RUNNING";
    });
  }

  /**
   * Starts the process. Faults that begin or end during the start are applied too.
   * @param started called before anyone can see that the process has ended
   */
  async #run(launch: ContainerLaunch & LaunchFiles, started: () => void): Promise<void> {
    const { isCut, isFrozen, isFull } = this.#context;
    const { argv, env, cwd, logFile } = launch;
    this.#stopSignal = launch.stopSignal;
    this.#launch = launch;
    const volumes = new ContainerVolumes(launch.volumes, isFull);
    this.#volumes = volumes;
    const memory = this.#newCgroup();
    await this.#publish(isCut());
    const log = await open(logFile, "a");
    try {
      this.#log ??= await open(logFile);
      // The program may open its log again as /dev/stdout.
      const { user } = launch.sandbox;
      if (user) await log.chown(user.uid, user.gid);
      const full = isFull();
      const sandbox = { ...launch.sandbox, fileSize: await volumes.fileSizeAtStart() };
      const options = { argv, env, cwd, sandbox, memory, output: log.fd };
      this.#process = await GuardedProcess.start(this.#runtime.guardian, options);
      volumes.use(this.#process);
      // It may have been frozen before the process existed.
      if (isFrozen()) this.#process.freeze();
      this.#ranFrom = performance.now();
      this.startedAt ??= this.#ranFrom;
      void this.#process.exited.then((code) => this.#onExit(code, launch, memory));
      started();
      this.#checkHealth(this.#process, launch, memory);
      this.#onChange(this);
      if (isFull() !== full) await this.fillVolumes();
    } finally {
      await log.close();
    }
  }

  /** As in Docker, each process that it starts has a new one. The task removes those without a process. */
  #newCgroup(): MemoryCgroup | undefined {
    const { name, memory } = this.plan;
    this.#starts += 1;
    return this.#context.memory?.child(`${name}-${this.#starts}`, memory);
  }

  /** During a cut the port is silent from the start. */
  async #publish(cut: boolean): Promise<void> {
    const { ports } = this.#context;
    const { platform, published } = this.#runtime;
    // Link names require a mount namespace.
    const linkAddress = platform.pidNamespaces ? this.#context.linkAddress : undefined;
    const { address, network } = this.#context;
    const programAddress = network?.address ?? address;
    const addresses = { address, programAddress, linkAddress };
    let failed: Error | undefined;
    this.#ports = new ContainerPorts(published, ports, addresses, cut, (error) => {
      failed = error;
      this.failure = cannotStart(error);
      this.#process?.kill();
    });
    await this.#ports.untilApplied();
    if (failed) throw failed;
  }

  async #stop(): Promise<void> {
    // Wait for a start in progress, so that no process is half started.
    await this.untilStartEnds();
    const running = this.#process;
    if (!running) {
      this.#end(undefined);
      return;
    }
    // A lost host cannot receive the stop.
    const { host } = this.#context;
    const ended = this.#ended.signal;
    await host.untilReachable(ended);
    running.signal(this.#stopSignal);
    const late = await interval(this.plan.stopTimeout * 1000, ended);
    await host.untilReachable(ended);
    if (late) running.kill();
    await running.exited;
    // Before another container gets the ports.
    await this.#ports?.untilApplied();
  }

  /** The kernel ends a namespace with its first process. Without a namespace, a process may have left the group. */
  #onExit(code: number, launch: ContainerLaunch, memory: MemoryCgroup | undefined): void {
    const { env, sandbox } = launch;
    // As for Docker's OOMKilled, it need not be the main process that was killed.
    if (memory?.hasKilled()) this.reason = OUT_OF_MEMORY;
    void memory?.remove();
    if (sandbox.first === undefined) killMarked(`${MARKER}=${env[MARKER]}`);
    this.#watch.abort();
    const exit = { code, ranFor: performance.now() - this.#ranFrom };
    const isOver = this.#stopping !== undefined || this.#final.signal.aborted || this.failure;
    if (isOver || notRestarted(this.plan.restartPolicy, exit, this.#runtime.speed)) this.#end(code);
    else this.#starting = this.#restart(code, launch);
  }

  /**
   * Restarts the process in the same container. Its variables do not change, because ECS reads secrets once for
   * a task. If the restart fails, the container has ended, as for the agent.
   */
  async #restart(code: number, { env }: ContainerLaunch): Promise<void> {
    this.#ports?.close();
    try {
      // The agent of a silent host does not see the end.
      await this.#context.host.untilReachable(this.#final.signal);
      this.#final.signal.throwIfAborted();
      const launch = await prepareLaunch(this.plan, this.#runtime, this.#context);
      this.health = "UNKNOWN";
      this.#healthSince = undefined;
      this.failedChecks = 0;
      await this.#run({ ...launch, env }, () => {
        this.restarts += 1;
        this.lastExit = { exitCode: code, reason: this.reason };
        this.reason = undefined;
      });
    } catch {
      this.#end(code);
    }
  }

  #fail(error: unknown, code: number | undefined): void {
    this.failure ??= cannotStart(error);
    this.reason = this.failure;
    // It may have failed after the start of its process.
    this.kill();
    this.#end(code);
  }

  #end(code: number | undefined): void {
    if (this.status === "STOPPED") return;
    this.#ended.abort();
    void this.#log?.close();
    this.#ports?.close();
    this.status = "STOPPED";
    this.#finishedAt = now();
    this.exitCode = code;
    this.#onChange(this);
  }

  #checkHealth(
    running: GuardedProcess,
    launch: ContainerLaunch,
    memory: MemoryCgroup | undefined,
  ): void {
    this.#watch = new AbortController();
    const onVerdict = ({ status, failures }: HealthVerdict, failure?: string): void => {
      this.failedChecks = failures;
      this.healthFailure = failure;
      if (status === this.health) return;
      this.health = status;
      this.#healthSince = now();
      this.#onChange(this);
    };
    const { signal } = this.#watch;
    const started = { ...launch, memory };
    watchContainer(this.plan, running, started, this.#runtime, this.#context, onVerdict, signal);
  }
}
