import { chown, mkdir } from "node:fs/promises";
import path from "node:path";
import { MARKER, type Guardian } from "../machine/guardian.ts";
import type { BoundPort, Host } from "../machine/host.ts";
import type { Platform } from "../machine/platform.ts";
import type { PublishedPorts } from "../machine/published-ports.ts";
import type { Sandbox } from "../machine/sandbox.ts";
import type { ContainerPlan, SecretReference, UserIds } from "../terraform/plan.ts";
import {
  translate,
  translateEnvironment,
  writePrograms,
  type Folders,
  type Surroundings,
} from "./container-view.ts";
import { checkProgram, makeWorkingDirectory } from "./container-program.ts";
import { sandboxOf } from "./container-sandbox.ts";
import { userOf } from "./container-user.ts";
import { argvOf, type LocalImage } from "./image.ts";
import type { Volumes } from "./volumes.ts";

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
  readonly volumes: Volumes;
  /** What a container has from this machine's kernel. */
  readonly platform: Platform;
  readonly published: PublishedPorts;
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
  /** Whether its processes are stopped where they are now. */
  readonly isFrozen: () => boolean;
  /** Whether its volumes are full now. */
  readonly isFull: () => boolean;
  readonly links: Surroundings["links"];
}

/** Everything that a container's process is started with. */
export interface ContainerSetup {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly sandbox: Sandbox;
  readonly surroundings: Surroundings;
  readonly logFile: string;
}

/**
 * Makes a container's folders and programs, and what its process is started with.
 * @throws when its program or its working directory is not there
 */
export async function setUp(
  plan: ContainerPlan,
  runtime: ContainerRuntime,
  location: ContainerLocation,
): Promise<ContainerSetup> {
  const { folders, platform } = runtime;
  const { taskId } = location;
  const image = runtime.image(plan.image);
  const user = userOf(plan, image);
  const surroundings = await surround(plan, user, runtime, location);
  const folder = folders.container(taskId, plan.name);
  const bin = path.join(folder, "bin");
  await writePrograms(bin, programsOf(plan, image, runtime, location));
  const directory = plan.workingDirectory ?? image.workingDirectory;
  const cwd = directory ? translate(directory, surroundings) : folder;
  await makeWorkingDirectory(cwd, surroundings);
  const words = argvOf(plan, image).map((word) => translate(word, surroundings));
  const env = environment(plan, image, runtime, location, surroundings);
  const sandbox = sandboxOf(plan, user, runtime, surroundings.mounts);
  // Docker finds its own init; what that does not find, it tells by exit code 127.
  if (!plan.linuxParameters?.initProcessEnabled) await checkProgram(words[0] ?? "", env.PATH, cwd);
  const logFile = folders.log(taskId, plan.name);
  await mkdir(path.dirname(logFile), { recursive: true });
  // Its home.
  if (platform.users) await chown(folder, user.uid, user.gid);
  return {
    argv: words,
    env,
    cwd,
    sandbox,
    surroundings,
    logFile,
  };
}

async function surround(
  plan: ContainerPlan,
  user: UserIds,
  { volumes }: ContainerRuntime,
  { taskId, address, ports, links }: ContainerLocation,
): Promise<Surroundings> {
  const mounted = plan.mounts.map(async (mount) => {
    const { path: at, readOnly } = mount;
    return { path: at, readOnly, folder: await volumes.mount(taskId, mount, user) };
  });
  return { address, ports, mounts: await Promise.all(mounted), links };
}

function programsOf(
  { name: container }: ContainerPlan,
  image: LocalImage,
  runtime: ContainerRuntime,
  { address, ports }: ContainerLocation,
): Readonly<Record<string, string>> {
  const keyLoadDelayMicros = runtime.keyLoadDelayMicros();
  return image.programs?.({ container, address, ports, keyLoadDelayMicros }) ?? {};
}

function environment(
  plan: ContainerPlan,
  image: LocalImage,
  { aws, dns, folders, guardian, secret }: ContainerRuntime,
  { taskId }: ContainerLocation,
  surroundings: Surroundings,
): Record<string, string> & { PATH: string } {
  const folder = folders.container(taskId, plan.name);
  const own = { ...image.environment, ...plan.environment };
  const search = own["PATH"] ?? process.env["PATH"] ?? "/usr/bin:/bin";
  return {
    HOME: folder,
    HOSTNAME: plan.hostname ?? taskId.slice(0, 12),
    ...aws,
    ...translateEnvironment(own, surroundings),
    ...Object.fromEntries(plan.secrets.map((reference) => [reference.name, secret(reference)])),
    PATH: [path.join(folder, "bin"), search].join(path.delimiter),
    NODE_OPTIONS: [own["NODE_OPTIONS"], `--import=${PRELOAD}`].filter(Boolean).join(" "),
    LOCAL_ECS_DNS_SERVER: dns.server,
    LOCAL_ECS_DNS_ZONES: dns.zones.join(","),
    // The guardian looks for the run's, which is its beginning.
    [MARKER]: `${guardian.runId}/${taskId}/${plan.name}`,
  };
}
