import type { Ulimit } from "../terraform/plan/container-definition.ts";
import type { UserIds } from "../terraform/plan/plan.ts";
import {
  besideInImageRoot,
  describeContainer,
  type FileMount,
  inImageRoot,
  type ImageRoot,
  type ProgramBeside,
} from "./image-root.ts";
import { inNamespaceOf, inNewNamespace, withInit, type FirstProcess } from "./pid-namespace.ts";
import { withReadOnly, type ReadOnly } from "./read-only.ts";
import { withFileSize, withUlimits } from "./ulimits.ts";
import { asUser } from "./user.ts";

/** The kernel features for a container's process. */
export interface Sandbox {
  /** The process with PID 1 in a new namespace. @default no namespace */
  readonly first?: FirstProcess | undefined;
  /** Files to mount in that namespace. Ignored without a namespace. */
  readonly files?: readonly FileMount[] | undefined;
  readonly readOnly?: ReadOnly | undefined;
  readonly ulimits?: readonly Ulimit[] | undefined;
  /** The user of the process. @default the harness's own */
  readonly user?: UserIds | undefined;
  /** Bytes that its files may have from the start, while its volumes are full. */
  readonly fileSize?: number | undefined;
  /** Its own root, from an image. Then `files`, `readOnly`, `ulimits` and `user` are not used. @default this machine's */
  readonly root?: ImageRoot | undefined;
  /** Its own network. @default this machine's */
  readonly network?:
    | { readonly within: (argv: readonly string[]) => readonly string[] }
    | undefined;
}

/** The argv of a container's main program. That of an image is described in its folder. */
export function inSandbox(argv: readonly string[], sandbox: Sandbox): readonly string[] {
  const { first, files, fileSize, readOnly, root, network } = sandbox;
  const program = first === "init" ? withInit(argv) : argv;
  if (root !== undefined) {
    describeContainer(program, root, fileSize);
    const separate = inNewNamespace(inImageRoot(root));
    return network === undefined ? separate : network.within(separate);
  }
  const limited = limitedTo(program, sandbox);
  const separate = first === undefined ? limited : inNewNamespace(limited, files);
  const whole = readOnly ? withReadOnly(readOnly, separate) : separate;
  return network === undefined ? whole : network.within(whole);
}

/**
 * How another program is started in the container, such as a health check.
 * @param running the container's main process, and the one that waits for it
 */
export function besideInSandbox(
  argv: readonly string[],
  sandbox: Sandbox,
  { pid, group }: { readonly pid: number; readonly group: number },
  { cwd, hasTerminal = false }: { readonly cwd: string; readonly hasTerminal?: boolean },
): ProgramBeside {
  if (sandbox.root !== undefined) {
    return besideInImageRoot(group, argv, sandbox.root, hasTerminal);
  }
  const limited = limitedTo(argv, { ...sandbox, first: undefined, fileSize: undefined });
  const beside = pid === group ? limited : inNamespaceOf(pid, limited, cwd);
  return { argv: sandbox.network?.within(beside) ?? beside, env: {} };
}

/** Limits are set before the user changes, because an ordinary user could not raise them. */
function limitedTo(
  argv: readonly string[],
  { first, ulimits = [], fileSize, user }: Sandbox,
): readonly string[] {
  const owned = user ? asUser(user, argv, first !== undefined) : argv;
  return withUlimits(ulimits, withFileSize(fileSize, owned));
}
