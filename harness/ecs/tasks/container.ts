import { open } from "node:fs/promises";
import { messageOf } from "../base/errors.ts";
import { interval } from "../base/interval.ts";
import { largestOpenFile, lastWrittenFile, limitFileSize } from "../machine/file-size-limit.ts";
import { dropLocks } from "../machine/file-locks.ts";
import { GuardedProcess } from "../machine/guarded-process.ts";
import { MARKER } from "../machine/guardian.ts";
import { killMarked } from "../machine/process-group.ts";
import { besideInSandbox } from "../machine/sandbox.ts";
import type { ContainerState, HealthStatus } from "../base/state.ts";
import type { ContainerPlan } from "../terraform/plan.ts";
import type { ContainerContext, ContainerRuntime } from "./container-context.ts";
import { ContainerPorts } from "./container-ports.ts";
import { prepareLaunch, type ContainerLaunch } from "./container-launch.ts";
import { translate } from "./container-view.ts";
import { healthCheckArgv, runHealthCheck, watchHealth } from "./health-check.ts";

/** One container of a task: a process, its health, its end. */
export class Container {
  readonly plan: ContainerPlan;
  readonly #runtime: ContainerRuntime;
  readonly #context: ContainerContext;
  readonly #onChange: (container: Container) => void;
  readonly #ended = new AbortController();
  #ports: ContainerPorts | undefined;
  /** The folders of its mounts on this machine. */
  #folders: readonly string[] = [];
  #process: GuardedProcess | undefined;
  /** Changes of its file size limit, one after the other. */
  #filling: Promise<void> = Promise.resolve();
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  status: ContainerState["status"] = "PENDING";
  health: HealthStatus = "UNKNOWN";
  exitCode: number | undefined;
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

  /**
   * Starts the process, once. `onChange` is called when it ends.
   * @throws when it cannot be started and is essential; one that is not essential counts as stopped
   */
  start(): Promise<void> {
    this.#starting ??= this.#start().catch((error: unknown) => {
      if (this.plan.essential) throw error;
      this.failure = `CannotStartContainerError: ${messageOf(error)}`;
      this.#end(undefined);
    });
    return this.#starting;
  }

  /** Resolves when it is not being started. */
  async settled(): Promise<void> {
    await this.#starting?.catch(() => {});
  }

  /** SIGTERM to the main process, SIGKILL after `stopTimeout`; resolves when it has ended. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.signal(signal);
  }

  /** Freezes all of its processes, until {@link thaw}. */
  freeze(): void {
    this.#process?.freeze();
  }

  thaw(): void {
    this.#process?.thaw();
  }

  /** Kills all of its processes, at once. */
  kill(): void {
    this.#process?.kill();
  }

  /** Cuts the network between its published ports and all clients. */
  async cut(): Promise<void> {
    await this.#ports?.cut();
  }

  async reconnect(): Promise<void> {
    await this.#ports?.reconnect();
  }

  /** Kills all of its processes and closes its ports, cut or not. */
  async destroy(): Promise<void> {
    this.kill();
    await this.unpublish();
  }

  /** Limits the files in its volumes while they are full, and removes the limit after that. */
  fillVolumes(): Promise<void> {
    this.#filling = this.#filling.catch(() => {}).then(() => this.#fill());
    return this.#filling;
  }

  /** The file system drops the locks that its processes hold in its volumes. */
  async dropLocks(): Promise<void> {
    if (this.#process?.running) await dropLocks(this.#process.group, this.#folders);
  }

  /** Closes its ports, cut or not. */
  async unpublish(): Promise<void> {
    await this.#ports?.discard();
  }

  state(): ContainerState {
    const { plan, status, health, exitCode } = this;
    const { name, image } = plan;
    const pid = this.#process?.running ? this.#process.pid : undefined;
    const ports = this.#context.ports.map(({ containerPort, hostPort }) => ({
      containerPort,
      hostPort,
    }));
    return { name, image, status, health, pid, exitCode, ports };
  }

  async #start(): Promise<void> {
    const { isCut, isFrozen, isFull } = this.#context;
    const launch = await prepareLaunch(this.plan, this.#runtime, this.#context);
    const { argv, env, cwd, sandbox, view, logFile } = launch;
    this.#folders = view.mounts.map(({ folder }) => folder);
    await this.#publish(isCut());
    const log = await open(logFile, "a");
    try {
      // It may open its log again as /dev/stdout.
      if (sandbox.user) await log.chown(sandbox.user.uid, sandbox.user.gid);
      const full = isFull();
      const heldBack = async (group: number): Promise<void> => {
        if (full) await limitFileSize(group, await lastWrittenFile(this.#folders));
      };
      const options = { argv, env, cwd, sandbox, output: log.fd, heldBack };
      this.#process = await GuardedProcess.start(this.#runtime.guardian, options);
      // It may have been frozen before there was a process.
      if (isFrozen()) this.#process.freeze();
      void this.#process.exited.then((code) => this.#onExit(code, launch));
      this.status = "RUNNING";
      this.#checkHealth(launch);
      this.#onChange(this);
      if (isFull() !== full) await this.fillVolumes();
    } finally {
      await log.close();
    }
  }

  /** A port behind a cut network is silent from the first moment. */
  async #publish(cut: boolean): Promise<void> {
    const { address, ports } = this.#context;
    let failed: Error | undefined;
    this.#ports = new ContainerPorts(this.#runtime.published, ports, address, cut, (error) => {
      failed = error;
      this.failure = `CannotStartContainerError: ${error.message}`;
      this.#process?.kill();
    });
    await this.#ports.settled();
    if (failed) throw failed;
  }

  async #fill(): Promise<void> {
    if (!this.#process?.running) return;
    const { group } = this.#process;
    const full = this.#context.isFull();
    await limitFileSize(group, full ? await largestOpenFile(group, this.#folders) : undefined);
  }

  async #stop(): Promise<void> {
    // A start that is under way is finished first: there is no half-started process.
    await this.settled();
    const running = this.#process;
    if (!running) {
      this.#end(undefined);
      return;
    }
    // On a silent host no one can stop it.
    const { host } = this.#context;
    const ended = this.#ended.signal;
    await host.untilReachable(ended);
    running.signal("SIGTERM");
    const late = await interval(this.plan.stopTimeout * 1000, ended);
    await host.untilReachable(ended);
    if (late) running.kill();
    await running.exited;
    // Before another container gets its ports.
    await this.#ports?.settled();
  }

  /** The kernel ends a namespace with its first process; without one, a process may have left the group. */
  #onExit(code: number, { env, sandbox }: ContainerLaunch): void {
    if (sandbox.first === undefined) killMarked(`${MARKER}=${env[MARKER]}`);
    this.#end(code);
  }

  #end(code: number | undefined): void {
    if (this.status === "STOPPED") return;
    this.#ended.abort();
    this.#ports?.close();
    this.status = "STOPPED";
    this.exitCode = code;
    this.#onChange(this);
  }

  #checkHealth({ env, cwd, sandbox, view }: ContainerLaunch): void {
    const definition = this.plan.healthCheck;
    const argv = definition && healthCheckArgv(definition.command);
    if (!definition || !argv) return;
    const words = argv.map((word) => translate(word, view));
    const { pid, group } = this.#process ?? {};
    const inside = besideInSandbox(words, sandbox, pid === group ? undefined : pid, cwd);
    const options = { argv: inside, env, cwd };
    const { guardian } = this.#runtime;
    const { host } = this.#context;
    const run = async (signal: AbortSignal): Promise<boolean | undefined> => {
      const ok = host.silent ? undefined : await runHealthCheck(guardian, options, signal);
      return host.silent ? undefined : ok;
    };
    void watchHealth(
      definition,
      run,
      ({ status }) => {
        if (status === this.health) return;
        this.health = status;
        this.#onChange(this);
      },
      this.#ended.signal,
    );
  }
}
