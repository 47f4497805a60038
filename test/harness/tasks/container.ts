import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import {
  largestOpenFile,
  lastWrittenFile,
  limitFileSize,
  withFileSizeLimit,
} from "../machine/file-size-limit.ts";
import { GuardedProcess } from "../machine/guarded-process.ts";
import { inNamespaceOf, type FirstProcess } from "../machine/pid-namespace.ts";
import { MARKER, type Guardian } from "../machine/guardian.ts";
import type { BoundPort, Host } from "../machine/host.ts";
import { PublishedPort } from "../machine/published-port.ts";
import type { ContainerState, HealthStatus } from "../state.ts";
import type { ContainerPlan, SecretReference } from "../terraform/plan.ts";
import {
  translate,
  translateEnvironment,
  writePrograms,
  type Folders,
  type Surroundings,
} from "./container-files.ts";
import { healthCheckArgv, interval, watchHealth } from "./health-check.ts";
import { argvOf, type LocalImage } from "./image.ts";

const PRELOAD = new URL("node-preload.mjs", import.meta.url).href;

/** What every container of a run shares. */
export interface ContainerRuntime {
  readonly guardian: Guardian;
  readonly folders: Folders;
  /** `ip:port` of the VPC's resolver, and the zones it answers for. */
  readonly dns: { readonly server: string; readonly zones: readonly string[] };
  /** What an AWS SDK needs to know. */
  readonly aws: Readonly<Record<string, string>>;
  readonly image: (name: string) => LocalImage;
  readonly secret: (reference: SecretReference) => string;
  /** Microseconds a key, while storage is slow. */
  readonly keyLoadDelayMicros: () => number | undefined;
  /** Whether a container has a PID namespace of its own. */
  readonly pidNamespaces: boolean;
  /** Services whose tasks cannot be reached, and those whose volumes are full. */
  readonly cut: ReadonlySet<string>;
  readonly full: ReadonlySet<string>;
}

/** Where one container goes. */
export interface ContainerLocation {
  readonly taskId: string;
  readonly host: Host;
  /** The host's, or the task's own. */
  readonly address: string;
  readonly ports: readonly BoundPort[];
  /** Whether the network to it is cut now. */
  readonly isCut: () => boolean;
  /** Whether its volumes are full now. */
  readonly isFull: () => boolean;
  readonly links: Surroundings["links"];
}

/** One container of a task: a process, its health, its end. */
export class Container {
  readonly plan: ContainerPlan;
  readonly #runtime: ContainerRuntime;
  readonly #location: ContainerLocation;
  readonly #onChange: (container: Container) => void;
  readonly #ended = new AbortController();
  #published: readonly PublishedPort[] = [];
  #process: GuardedProcess | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  status: ContainerState["status"] = "PENDING";
  health: HealthStatus = "UNKNOWN";
  exitCode: number | undefined;
  /** Why it could not be started, or run on. */
  failure: string | undefined;

  constructor(
    plan: ContainerPlan,
    runtime: ContainerRuntime,
    location: ContainerLocation,
    onChange: (container: Container) => void,
  ) {
    this.plan = plan;
    this.#runtime = runtime;
    this.#location = location;
    this.#onChange = onChange;
  }

  /** Starts the process; its end is told through `onChange`. Once only. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Resolves when it is not being started, or no longer. */
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

  /** Stops all of its processes where they are, until `thaw`. */
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

  /** Cuts the network between its published ports and everybody else. */
  async cut(): Promise<void> {
    await Promise.all(this.#published.map((port) => port.cut()));
  }

  async mend(): Promise<void> {
    await Promise.all(this.#published.map((port) => port.mend()));
  }

  /** Kills all of its processes, and frees its ports even behind a cut network. */
  async destroy(): Promise<void> {
    this.kill();
    await this.unpublish();
  }

  /** Lets no file that it writes to in its volumes grow, or again. */
  async fillVolumes(full: boolean): Promise<void> {
    if (!this.#process?.running) return;
    const { group } = this.#process;
    await limitFileSize(group, full ? await largestOpenFile(group, this.#folders) : undefined);
  }

  /** Where its mounts are on this machine. */
  get #folders(): readonly string[] {
    const { taskId } = this.#location;
    return this.plan.mounts.map((mount) => this.#runtime.folders.mount(taskId, mount));
  }

  /** Frees its ports, cut or not. */
  async unpublish(): Promise<void> {
    await Promise.all(this.#published.map((port) => port.discard()));
  }

  state(): ContainerState {
    const { plan, status, health, exitCode } = this;
    const { name, image } = plan;
    const pid = this.#process?.running ? this.#process.pid : undefined;
    const ports = this.#location.ports.map(({ containerPort, hostPort }) => ({
      containerPort,
      hostPort,
    }));
    return { name, image, status, health, pid, exitCode, ports };
  }

  async #start(): Promise<void> {
    const { folders, guardian } = this.#runtime;
    const { taskId } = this.#location;
    const surroundings = await this.#surroundings();
    const image = this.#runtime.image(this.plan.image);
    const folder = folders.container(taskId, this.plan.name);
    const env = await this.#environment(image, surroundings, folder);
    const cwd = this.plan.workingDirectory ?? image.workingDirectory;
    const words = argvOf(this.plan, image).map((word) => translate(word, surroundings));
    const argv = this.#location.isFull()
      ? withFileSizeLimit(words, await lastWrittenFile(this.#folders))
      : words;
    const logFile = folders.log(taskId, this.plan.name);
    await mkdir(path.dirname(logFile), { recursive: true });
    // A port behind a cut network is silent from the first moment.
    await this.#publish();
    const log = await open(logFile, "a");
    try {
      const options = { env, cwd: cwd ? translate(cwd, surroundings) : folder };
      const first = this.#firstProcess;
      const whole = { ...options, argv, first, output: log.fd };
      this.#process = await GuardedProcess.start(guardian, whole);
      if (this.#location.host.silent) this.#process.freeze();
      void this.#process.exited.then((code) => this.#end(code));
      this.status = "RUNNING";
      this.#checkHealth(options, surroundings);
      this.#onChange(this);
    } finally {
      await log.close();
    }
  }

  get #firstProcess(): FirstProcess | undefined {
    if (!this.#runtime.pidNamespaces) return undefined;
    return this.plan.linuxParameters?.initProcessEnabled ? "init" : "program";
  }

  async #publish(): Promise<void> {
    const { address, ports, isCut } = this.#location;
    this.#published = ports.map(({ hostPort, listenPort }) => {
      const outside = { address, port: hostPort };
      const inside = { address, port: listenPort };
      return new PublishedPort(outside, inside, isCut(), (error) => {
        this.failure = `CannotStartContainerError: ${error.message}`;
        this.#process?.kill();
      });
    });
    await Promise.all(this.#published.map((port) => port.settled()));
  }

  async #stop(): Promise<void> {
    // What is being started is stopped once it has: there is no half-started process.
    await this.settled();
    const running = this.#process;
    if (!running) {
      this.#end(undefined);
      return;
    }
    // On a host that has gone silent nobody can end it.
    const { host } = this.#location;
    const ended = this.#ended.signal;
    await host.untilReachable(ended);
    running.signal("SIGTERM");
    const late = await interval(this.plan.stopTimeout * 1000, ended);
    await host.untilReachable(ended);
    if (late) running.kill();
    await running.exited;
  }

  #end(code: number | undefined): void {
    if (this.status === "STOPPED") return;
    this.#ended.abort();
    for (const port of this.#published) void port.close();
    this.status = "STOPPED";
    this.exitCode = code;
    this.#onChange(this);
  }

  async #surroundings(): Promise<Surroundings> {
    const { taskId, address, ports, links } = this.#location;
    const mounts = this.plan.mounts.map((mount) => ({
      path: mount.path,
      folder: this.#runtime.folders.mount(taskId, mount),
    }));
    for (const { folder } of mounts) await mkdir(folder, { recursive: true });
    return { address, ports, mounts, links };
  }

  async #environment(
    image: LocalImage,
    surroundings: Surroundings,
    folder: string,
  ): Promise<Record<string, string>> {
    const { taskId, address, ports } = this.#location;
    const { aws, dns, guardian, secret } = this.#runtime;
    const { name: container, secrets } = this.plan;
    const bin = path.join(folder, "bin");
    const keyLoadDelayMicros = this.#runtime.keyLoadDelayMicros();
    const place = { container, address, ports, keyLoadDelayMicros };
    await writePrograms(bin, image.programs?.(place) ?? {});
    const own = { ...image.environment, ...this.plan.environment };
    return {
      HOME: folder,
      HOSTNAME: this.plan.hostname ?? taskId.slice(0, 12),
      ...aws,
      ...translateEnvironment(own, surroundings),
      ...Object.fromEntries(secrets.map((reference) => [reference.name, secret(reference)])),
      PATH: [bin, own["PATH"] ?? process.env["PATH"] ?? "/usr/bin:/bin"].join(path.delimiter),
      NODE_OPTIONS: [own["NODE_OPTIONS"], `--import=${PRELOAD}`].filter(Boolean).join(" "),
      LOCAL_ECS_DNS_SERVER: dns.server,
      LOCAL_ECS_DNS_ZONES: dns.zones.join(","),
      [MARKER]: guardian.runId,
    };
  }

  #checkHealth(
    { env, cwd }: { readonly env: Record<string, string>; readonly cwd: string },
    surroundings: Surroundings,
  ): void {
    const definition = this.plan.healthCheck;
    const argv = definition && healthCheckArgv(definition.command);
    if (!definition || !argv) return;
    const words = argv.map((word) => translate(word, surroundings));
    const options = { argv: this.#inside(words, cwd), env, cwd };
    const { host } = this.#location;
    const run = async (signal: AbortSignal): Promise<boolean | undefined> => {
      const ok = host.silent ? undefined : await this.#check(options, signal);
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

  /** The argv of a program that runs beside the main one, in its namespace. */
  #inside(argv: readonly string[], cwd: string): readonly string[] {
    const main = this.#process;
    const isInside = main !== undefined && main.pid !== main.group;
    return isInside ? inNamespaceOf(main.pid, argv, cwd) : argv;
  }

  /** Runs a health check in the container; a failure to start is a failed check. */
  async #check(
    options: Omit<Parameters<typeof GuardedProcess.start>[1], "output">,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      const check = await GuardedProcess.start(this.#runtime.guardian, {
        ...options,
        output: "ignore",
      });
      const kill = (): void => check.kill();
      signal.addEventListener("abort", kill);
      if (signal.aborted) kill();
      const code = await check.exited;
      signal.removeEventListener("abort", kill);
      return code === 0;
    } catch {
      return false;
    }
  }
}
