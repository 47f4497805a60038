import type { EcsEvents } from "./events.ts";
import type { HostState, LoadBalancerState, ServiceState, TaskState } from "./state.ts";
import type { LocalImage } from "./tasks/image.ts";

/** A synthesized stack: the path of a `cdk.tf.json`, or its parsed content. */
export type TemplateSource = string | object;

/** What {@link startLocalEcs} takes. */
export interface LocalEcsOptions {
  /** The environment's `cdktf.out/stacks/<env>/cdk.tf.json`, or its content. */
  readonly template: TemplateSource;
  /** What each container image is on this machine, by the end of its repository's name. */
  readonly images: Readonly<Record<string, LocalImage>>;
  /** Values of SSM parameters that the template reads. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** TTL in seconds of the namespace's SOA record, and so of negative answers. @default 15 */
  readonly soaTtl?: number;
}

/** A running environment. */
export interface LocalEcs extends AsyncDisposable {
  readonly events: EcsEvents;
  /** The VPC's resolver, `127.0.0.1:PORT`, UDP and TCP. */
  readonly dnsServer: string;
  readonly loadBalancers: readonly LoadBalancerState[];
  readonly hosts: readonly HostState[];
  readonly services: readonly ServiceState[];
  /** Deploys the start's template, or a changed one; resolves to the addresses that changed. */
  apply(template?: TemplateSource): Promise<readonly string[]>;
  /** Resolves once every service runs what it should, healthy. @param timeout ms, 60 000 */
  waitUntilStable(options?: { readonly timeout?: number }): Promise<void>;
  task(id: string): TaskState;
  /** Moves the host's tasks elsewhere, as each service's percentages allow, and places none there. */
  drainHost(id: string): void;
  activateHost(id: string): void;
  /** Sends a signal to the main process of a task's containers. @default "SIGKILL" */
  killTask(id: string, signal?: NodeJS.Signals): void;
  /** Redis servers started from now on load that slowly; `undefined` ends it. */
  setSlowStorage(slow: { readonly keyLoadDelayMicros: number } | undefined): void;
  /** What a container wrote, both streams. */
  log(taskId: string, container?: string): Promise<string>;
  /** The value a secret has in this run, by its resource address or its name. */
  secret(name: string): string;
  close(): Promise<void>;
}
