import type { Guardian } from "../machine/guardian.ts";
import type { BoundPort, Host } from "../machine/host.ts";
import type { FileMount } from "../machine/pid-namespace.ts";
import type { Platform } from "../machine/platform.ts";
import type { PublishedPorts } from "../machine/published-ports.ts";
import type { SecretReference } from "../terraform/plan.ts";
import type { ContainerView } from "./container-view.ts";
import type { Folders } from "./folders.ts";
import type { LocalImage } from "./image.ts";
import type { Volumes } from "./volumes.ts";

/** What every container of a run shares. */
export interface ContainerRuntime {
  readonly guardian: Guardian;
  readonly folders: Folders;
  /** How programs find the VPC's resolver. */
  readonly dns: {
    /** `ip:port`. */
    readonly server: string;
    /** What it answers for. */
    readonly zones: readonly string[];
    /** Mounted where the platform has `resolvConf`. */
    readonly files: readonly FileMount[];
  };
  /** Environment variables for an AWS SDK. */
  readonly aws: Readonly<Record<string, string>>;
  readonly image: (name: string) => LocalImage;
  readonly secret: (reference: SecretReference) => string;
  /** Microseconds that loading a key takes longer, while storage is slow. */
  readonly keyLoadDelayMicros: () => number | undefined;
  readonly volumes: Volumes;
  /** What containers get from this machine. */
  readonly platform: Platform;
  readonly published: PublishedPorts;
  /** Whether a lost host loses what containers have not synced. */
  readonly losesUnsynced: boolean;
  /** How many times as fast as in AWS health checks and restart policies run. */
  readonly speed: number;
}

/** What a container has from its task: where it runs, and how the task fails now. */
export interface ContainerContext {
  readonly taskId: string;
  readonly host: Host;
  /** The host's, or the task's own in awsvpc mode. */
  readonly address: string;
  /** Where other containers of the task reach it; undefined where none has a link to it. */
  readonly linkAddress: string | undefined;
  readonly ports: readonly BoundPort[];
  /** Whether the network to it is cut now. */
  readonly isCut: () => boolean;
  /** Whether its processes are frozen now. */
  readonly isFrozen: () => boolean;
  /** Whether its volumes are full now. */
  readonly isFull: () => boolean;
  readonly links: ContainerView["links"];
}
