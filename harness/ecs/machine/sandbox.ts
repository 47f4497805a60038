import type { Ulimit } from "../terraform/plan/container-definition.ts";
import type { UserIds } from "../terraform/plan/plan.ts";
import { besideInImageRoot, type FileMount, inImageRoot, type ImageRoot } from "./image-root.ts";
import {
  inNamespaceOf,
  inNewNamespace,
  inNewNamespaces,
  withInit,
  type FirstProcess,
} from "./pid-namespace.ts";
import { withReadOnly, type ReadOnly } from "./read-only.ts";
import { withUlimits } from "./ulimits.ts";
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
  /** Its own root, from an image. Then `files`, `readOnly` and `user` are not used. @default this machine's */
  readonly root?: ImageRoot | undefined;
  /** Its own network. @default this machine's */
  readonly network?:
    | { readonly within: (argv: readonly string[]) => readonly string[] }
    | undefined;
}

/** The argv of a container's main program. */
export function inSandbox(argv: readonly string[], sandbox: Sandbox): readonly string[] {
  const { first, files, readOnly, root, ulimits = [], network } = sandbox;
  if (root !== undefined) {
    const program = first === "init" ? withInit(argv) : argv;
    const separate = inNewNamespaces(withUlimits(ulimits, inImageRoot(program, root)));
    return network === undefined ? separate : network.within(separate);
  }
  const limited = limitedTo(first === "init" ? withInit(argv) : argv, sandbox);
  const separate = first === undefined ? limited : inNewNamespace(limited, files);
  const whole = readOnly ? withReadOnly(readOnly, separate) : separate;
  return network === undefined ? whole : network.within(whole);
}

/**
 * The argv of another program in the container, such as a health check.
 * @param pid the container's main process, if it has its own namespace
 */
export function besideInSandbox(
  argv: readonly string[],
  sandbox: Sandbox,
  pid: number | undefined,
  cwd: string,
): readonly string[] {
  if (sandbox.root !== undefined && pid !== undefined) {
    return besideInImageRoot(pid, argv, sandbox.root);
  }
  const limited = limitedTo(argv, { ...sandbox, first: undefined });
  const beside = pid === undefined ? limited : inNamespaceOf(pid, limited, cwd);
  return sandbox.network === undefined ? beside : sandbox.network.within(beside);
}

/** Limits are set before the user changes, because an ordinary user could not raise them. */
function limitedTo(
  argv: readonly string[],
  { first, ulimits = [], user }: Sandbox,
): readonly string[] {
  return withUlimits(ulimits, user ? asUser(user, argv, first !== undefined) : argv);
}
