import { chown, mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { MARKER } from "../machine/guardian.ts";
import type { ContainerPlan, UserIds } from "../terraform/plan/plan.ts";
import { type ContainerContext, type ContainerRuntime, hostnameOf } from "./container-context.ts";
import { linkHosts, linkVariables } from "./container-links.ts";
import {
  checkProgram,
  machinePath,
  makeWorkingDirectory,
  writePrograms,
} from "./container-program.ts";
import { sandboxOf } from "./container-sandbox.ts";
import { userOf } from "./container-user.ts";
import { translate, translateVariables, type ContainerView } from "./container-view.ts";
import type { ContainerLaunch } from "./launch.ts";
import type { ImageFolder } from "./volumes.ts";
import { argvOf, type LocalImage } from "./image.ts";

/** A process has no image with another one. */
const STOP_SIGNAL = "SIGTERM";
const PRELOAD = new URL("node-preload.mjs", import.meta.url).href;

/**
 * A container as a process with this machine's files: its paths and ports are translated.
 * @throws if its program or its working directory does not exist
 */
export async function prepareProcessLaunch(
  plan: ContainerPlan,
  runtime: ContainerRuntime,
  context: ContainerContext,
): Promise<ContainerLaunch> {
  const { folders, platform } = runtime;
  const { taskId } = context;
  const image = runtime.image(plan.image);
  const user = userOf(plan, image);
  const view = await viewOf(plan, user, image, runtime, context);
  const folder = folders.container(taskId, plan.name);
  await mkdir(folder, { recursive: true });
  const programs = folders.programs(taskId, plan.name);
  await writePrograms(programs, programsOf(plan, image, runtime, context));
  const directory = plan.workingDirectory ?? image.workingDirectory;
  const cwd = directory ? translate(directory, view) : folder;
  await makeWorkingDirectory(cwd, view);
  const argv = argvOf(plan, image).map((word) => translate(word, view));
  const given = {
    ...image.environment,
    ...(await runtime.environmentIn(plan.environmentFiles)),
    ...plan.environment,
  };
  const env = variablesOf(plan, given, runtime, context, view);
  const temporary = folders.temporary(taskId, plan.name);
  await mkdir(temporary, { recursive: true });
  const hosts = await linkHosts(path.join(folders.task(taskId), `${plan.name}.hosts`), context);
  const { network } = context;
  const sandbox = { ...sandboxOf(plan, user, runtime, { ...view, temporary, hosts }), network };
  // Docker adds its own init process, which exits with 127 if the program does not exist.
  if (!plan.linuxParameters?.initProcessEnabled) await checkProgram(argv[0] ?? "", env.PATH, cwd);
  // The folder is the user's home.
  if (platform.users) {
    for (const each of [folder, temporary]) await chown(each, user.uid, user.gid);
  }
  const healthCheck = plan.healthCheck?.argv.map((word) => translate(word, view));
  const volumes = view.mounts.map((mount) => ({ at: mount.folder, folder: mount.folder }));
  return { argv, env, cwd, sandbox, volumes, healthCheck, stopSignal: STOP_SIGNAL };
}

async function viewOf(
  plan: ContainerPlan,
  user: UserIds,
  image: LocalImage,
  { volumes }: ContainerRuntime,
  { taskId, address, ports, links, network }: ContainerContext,
): Promise<ContainerView> {
  const mounts = await volumes.mountAll(taskId, plan.mounts, user, (at) => folderAt(at, image));
  // In a network of its own, ports are what its definition says, and localhost is its own.
  const translated = network === undefined ? { ports, links } : { ports: [], links: [] };
  return { address, ...translated, mounts };
}

/** The image's folder at a path. The files of a process are this machine's, so its folders are too. */
async function folderAt(at: string, image: LocalImage): Promise<ImageFolder | undefined> {
  const owner = image.folders?.[at];
  if (owner !== undefined) return { ...userOf({ name: at, user: owner }, image), mode: 0o755 };
  const found = await stat(at).catch(() => undefined);
  return found?.isDirectory() ? found : undefined;
}

function programsOf(
  { name: container }: ContainerPlan,
  image: LocalImage,
  runtime: ContainerRuntime,
  { address: ofHost, ports, network }: ContainerContext,
): Readonly<Record<string, string>> {
  const { keyLoadDelayMicros } = runtime.faults;
  const address = network === undefined ? ofHost : "0.0.0.0";
  return image.programs?.({ container, address, ports, keyLoadDelayMicros }) ?? {};
}

/**
 * The container's environment variables.
 * @param own of the image and the definition
 */
function variablesOf(
  plan: ContainerPlan,
  own: Readonly<Record<string, string>>,
  { agent, dns, folders, guardian, platform, secret }: ContainerRuntime,
  { taskId, links, definition, network }: ContainerContext,
  view: ContainerView,
): Record<string, string> & { PATH: string } {
  const folder = folders.container(taskId, plan.name);
  const search = own["PATH"] ?? machinePath();
  const hasNetwork = network !== undefined;
  return {
    HOME: folder,
    TMPDIR: folders.temporary(taskId, plan.name),
    HOSTNAME: plan.hostname ?? hostnameOf(taskId, plan.name),
    ...agent({ taskId, container: plan.name, definition, hasNetwork, own }),
    ...linkVariables(plan.name, { links }),
    ...translateVariables(own, view),
    ...Object.fromEntries(plan.secrets.map((reference) => [reference.name, secret(reference)])),
    PATH: [folders.programs(taskId, plan.name), search].join(path.delimiter),
    ...(platform.resolvConf ? {} : preloadVariables(dns, own["NODE_OPTIONS"])),
    // The guardian searches for the run's id, which this value begins with.
    [MARKER]: `${guardian.runId}/${taskId}/${plan.name}`,
  };
}

/** Without its own resolv.conf, a preload makes Node.js programs use the resolver. */
function preloadVariables(
  { server, zones }: ContainerRuntime["dns"],
  nodeOptions: string | undefined,
): Record<string, string> {
  return {
    NODE_OPTIONS: [nodeOptions, `--import=${PRELOAD}`].filter(Boolean).join(" "),
    LOCAL_ECS_DNS_SERVER: server,
    LOCAL_ECS_DNS_ZONES: zones.join(","),
  };
}
