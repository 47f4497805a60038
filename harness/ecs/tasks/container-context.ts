import { createHash } from "node:crypto";
import type { StartFaults } from "../base/fault-primitives.ts";
import type { Guardian } from "../machine/guardian.ts";
import type { BoundPort, Host } from "../machine/host.ts";
import type { FileMount } from "../machine/image-root.ts";
import type { MemoryCgroup } from "../machine/memory-cgroup.ts";
import type { Platform } from "../machine/platform.ts";
import type { ContainerNetwork } from "../machine/container-network.ts";
import type { ContainerNetworks } from "../machine/container-networks.ts";
import type { PublishedPorts } from "../machine/published-ports.ts";
import type { SecretReference, TaskDefinitionPlan } from "../terraform/plan/plan.ts";
import type { ContainerView } from "./container-view.ts";
import type { Folders } from "./folders.ts";
import type { LocalImage } from "./image.ts";
import type { Volumes } from "./volumes.ts";

/** A container as its agent knows it. */
export interface AgentClient {
  readonly taskId: string;
  readonly container: string;
  readonly definition: ContainerContext["definition"];
  /** Whether it has a network of its own. */
  readonly hasNetwork: boolean;
  /** The variables of its image, its environment files and its definition. */
  readonly own: Readonly<Record<string, string>>;
}

/** The dependencies that the containers of a run share. */
export interface ContainerRuntime {
  readonly guardian: Guardian;
  readonly folders: Folders;
  /** The VPC's resolver. */
  readonly dns: {
    /** `ip:port`. */
    readonly server: string;
    /** The zones that it answers for. */
    readonly zones: readonly string[];
    /** Files to mount if the platform has `resolvConf`. */
    readonly files: readonly FileMount[];
  };
  /** The environment variables of ECS' agent for a container. */
  readonly agent: (client: AgentClient) => Readonly<Record<string, string>>;
  readonly image: (name: string) => LocalImage;
  /** Used if the platform has `networks`. */
  readonly networks: ContainerNetworks;
  /** The run's cgroup; undefined: memory limits are not applied. */
  readonly memory: MemoryCgroup | undefined;
  /** The variables of environment files, by their ARNs. */
  readonly environmentIn: (arns: readonly string[]) => Promise<Readonly<Record<string, string>>>;
  readonly secret: (reference: SecretReference) => string;
  readonly faults: Readonly<StartFaults>;
  readonly volumes: Volumes;
  /** The container features of this machine. */
  readonly platform: Platform;
  readonly published: PublishedPorts;
  /** How many times faster than in AWS health checks and restart policies run. */
  readonly speed: number;
}

/** The container's id in Docker: 64 digits. */
export const dockerIdOf = (taskId: string, name: string): string =>
  createHash("sha256").update(`${taskId}/${name}`).digest("hex");

/** Docker's host name of a container without one of its own. */
export const hostnameOf = (taskId: string, name: string): string =>
  dockerIdOf(taskId, name).slice(0, 12);

/** A container's view of its task: addresses and current faults. */
export interface ContainerContext {
  readonly taskId: string;
  /** What the task's definition says of it. */
  readonly definition: Pick<TaskDefinitionPlan, "taskRole" | "launchType">;
  readonly host: Host;
  /** The address of the host, or of the task in awsvpc mode. */
  readonly address: string;
  /** The address for other containers of the task; undefined if none links to this container. */
  readonly linkAddress: string | undefined;
  readonly ports: readonly BoundPort[];
  /** Its own network; undefined: this machine's. */
  readonly network: ContainerNetwork | undefined;
  /** The cgroup of the task. */
  readonly memory: MemoryCgroup | undefined;
  /** Whether the network to the task is cut. */
  readonly isCut: () => boolean;
  /** Whether its processes are frozen. */
  readonly isFrozen: () => boolean;
  /** Whether its volumes are full. */
  readonly isFull: () => boolean;
  readonly links: ContainerView["links"];
  /** Additional names in its `/etc/hosts`: those of Service Connect and of its definition. */
  readonly names: readonly { readonly name: string; readonly address: string }[];
}
