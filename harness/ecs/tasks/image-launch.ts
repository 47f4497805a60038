import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ContainerNetwork } from "../machine/container-network.ts";
import type { FileMount, ImageRoot } from "../machine/image-root.ts";
import { MARKER } from "../machine/guardian.ts";
import { withoutSizeSignal } from "../machine/pid-namespace.ts";
import { attainable } from "../machine/ulimits.ts";
import type { ContainerPlan, UserIds } from "../terraform/plan/plan.ts";
import { type ContainerContext, type ContainerRuntime, hostnameOf } from "./container-context.ts";
import type { ContainerLaunch } from "./launch.ts";
import { hostLines, linkVariables } from "./container-links.ts";
import { userOf } from "./container-user.ts";
import { folderIn, hasShell, homeOf, programIn } from "./image-files.ts";
import { argvOf } from "./image.ts";
import { slowRedis } from "./slow-redis.ts";

/** Docker's, for an image without its own. */
const SEARCH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The context of a container with a root and a network of its own. */
interface OwnContext extends ContainerContext {
  /** The image's files. */
  readonly root: string;
  readonly network: ContainerNetwork;
}

/**
 * A container in an image's files: nothing of its definition is translated.
 * @throws if its program does not exist in the image
 */
export async function prepareImageLaunch(
  plan: ContainerPlan,
  runtime: ContainerRuntime,
  context: OwnContext,
): Promise<ContainerLaunch> {
  const image = runtime.image(plan.image);
  const user = userOf(plan, image);
  const { root: files, taskId } = context;
  const own = runtime.folders.container(taskId, plan.name);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const mounts = await runtime.volumes.mountAll(taskId, plan.mounts, user, async (at) => {
    const folder = await folderIn(files, at);
    if (folder === undefined) return undefined;
    const { uid, gid, mode } = await stat(folder);
    return { uid, gid, mode, content: folder };
  });
  const workingDirectory = plan.workingDirectory ?? image.workingDirectory ?? "/";
  const argv = argvOf(plan, image);
  const hostname = plan.hostname ?? hostnameOf(taskId, plan.name);
  const env = await variablesOf(plan, runtime, context, user, hostname);
  await programIn(files, argv[0] ?? "", env.PATH, workingDirectory);
  const delay = runtime.faults.keyLoadDelayMicros;
  const slow = delay === undefined ? [] : await slowRedis(own, files, env.PATH, delay);
  const root: ImageRoot = {
    image: files,
    folder: own,
    hostname,
    mounts,
    memory: memoryOf(plan),
    files: [...(await ownFiles(own, plan, runtime, context, hostname)), ...slow],
    isReadOnly: plan.readonlyRootFilesystem,
    user,
    workingDirectory,
    env,
    ulimits: runtime.platform.ulimits ? plan.ulimits : attainable(plan.ulimits),
  };
  const wantsInit = plan.linuxParameters?.initProcessEnabled === true;
  const sandbox = {
    // The init process is a script, which an image without a shell cannot run.
    first: wantsInit && hasShell(files) ? ("init" as const) : ("program" as const),
    user,
    root,
    network: context.network,
  };
  return {
    // A script, too.
    argv: mounts.length > 0 && hasShell(files) ? withoutSizeSignal(argv) : argv,
    env: { [MARKER]: env[MARKER] },
    cwd: own,
    sandbox,
    volumes: mounts.map(({ path: at, folder }) => ({ at, folder })),
    healthCheck: plan.healthCheck?.argv,
    stopSignal: image.stopSignal ?? "SIGTERM",
  };
}

/** The `tmpfs` mounts of the definition. */
const memoryOf = ({ linuxParameters }: ContainerPlan): ImageRoot["memory"] =>
  (linuxParameters?.tmpfs ?? []).map(({ containerPath }) => ({
    path: containerPath,
    options: ["nosuid", "nodev", "mode=1777"],
  }));

/** The files that Docker writes for each container. */
async function ownFiles(
  folder: string,
  plan: ContainerPlan,
  { dns }: ContainerRuntime,
  { links, names, network }: OwnContext,
  hostname: string,
): Promise<FileMount[]> {
  const hosts = [
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    ...hostLines({ links, names }),
    `${network.address}\t${hostname}`,
  ];
  const write = async (at: string, text: string): Promise<FileMount> => {
    const file = path.join(folder, path.basename(at));
    await writeFile(file, text);
    return { file, at };
  };
  const own = [
    await write("/etc/hosts", `${hosts.join("\n")}\n`),
    await write("/etc/hostname", `${hostname}\n`),
  ];
  for (const { file, at } of dns.files) {
    if (at === "/etc/resolv.conf") own.push(await write(at, await readFile(file, "utf8")));
  }
  return own;
}

async function variablesOf(
  plan: ContainerPlan,
  { agent, environmentIn, guardian, image, secret }: ContainerRuntime,
  { taskId, links, root, definition }: OwnContext,
  user: UserIds,
  hostname: string,
): Promise<Record<string, string> & { PATH: string; [MARKER]: string }> {
  const own = {
    ...image(plan.image).environment,
    ...(await environmentIn(plan.environmentFiles)),
    ...plan.environment,
    ...Object.fromEntries(plan.secrets.map((reference) => [reference.name, secret(reference)])),
  };
  return {
    PATH: SEARCH,
    // Docker's value, which image and definition may replace: Next.js listens on the address in HOSTNAME.
    HOSTNAME: hostname,
    HOME: await homeOf(root, user),
    ...agent({ taskId, container: plan.name, definition, hasNetwork: true, own }),
    ...linkVariables(plan.name, { links }),
    ...own,
    [MARKER]: `${guardian.runId}/${taskId}/${plan.name}`,
  };
}
