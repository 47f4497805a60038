import { attainable } from "../machine/ulimits.ts";
import type { FileMount } from "../machine/image-root.ts";
import type { Sandbox } from "../machine/sandbox.ts";
import type { ContainerPlan, UserIds } from "../terraform/plan/plan.ts";
import type { ContainerView } from "./container-view.ts";
import type { ContainerRuntime } from "./container-context.ts";

/** The parts of a container's view that its sandbox needs. */
interface SandboxFiles extends Pick<ContainerView, "mounts"> {
  readonly temporary: string;
  /** Replaces /etc/hosts if the container has links. */
  readonly hosts: readonly FileMount[];
}

/** The sandbox that the definition asks for, without what this machine does not support. */
export function sandboxOf(
  plan: ContainerPlan,
  user: UserIds,
  { platform, guardian, dns }: Pick<ContainerRuntime, "platform" | "guardian" | "dns">,
  { mounts, temporary, hosts }: SandboxFiles,
): Sandbox {
  const { initProcessEnabled, tmpfs = [] } = plan.linuxParameters ?? {};
  const isWhole = plan.readonlyRootFilesystem;
  const readOnlyMounts = mounts.filter((mount) => mount.readOnly);
  const writable = mounts.filter((mount) => !mount.readOnly).map(({ folder }) => folder);
  // The temporary folder replaces the container's /tmp.
  const own = tmpfs.some(({ containerPath }) => containerPath === "/tmp") ? [temporary] : [];
  const readOnly = {
    // The run's folder may be in a tmpfs.
    folders: [...(isWhole ? [guardian.folder] : []), ...readOnlyMounts.map(({ folder }) => folder)],
    rootExcept: isWhole
      ? [...tmpfs.map(({ containerPath }) => containerPath), ...own, ...writable]
      : undefined,
  };
  return {
    first: platform.pidNamespaces ? (initProcessEnabled ? "init" : "program") : undefined,
    files: [...(platform.resolvConf ? dns.files : []), ...hosts],
    readOnly: platform.readOnly ? readOnly : undefined,
    ulimits: platform.ulimits ? plan.ulimits : attainable(plan.ulimits),
    user: platform.users && user.uid + user.gid > 0 ? user : undefined,
  };
}
