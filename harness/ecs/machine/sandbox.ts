import type { Ulimit } from "../terraform/container-definition.ts";
import type { UserIds } from "../terraform/plan.ts";
import {
  inNamespaceOf,
  inNewNamespace,
  withInit,
  type FileMount,
  type FirstProcess,
} from "./pid-namespace.ts";
import { withReadOnly, type ReadOnly } from "./read-only.ts";
import { recordingSyncs } from "./sync-recorder.ts";
import { withUlimits } from "./ulimits.ts";
import { asUser } from "./user.ts";

/** What the kernel does for a container's process. */
export interface Sandbox {
  /** The PID 1 of a namespace of its own; no namespace if left out. */
  readonly first?: FirstProcess | undefined;
  /** Mounted in that namespace, and nowhere without one. */
  readonly files?: readonly FileMount[] | undefined;
  readonly readOnly?: ReadOnly | undefined;
  readonly ulimits?: readonly Ulimit[] | undefined;
  /** The user that it runs as; the harness's own if left out. */
  readonly user?: UserIds | undefined;
  /** Whether what it syncs is recorded, in a table that it inherits as descriptor 3. */
  readonly recordsSyncs?: boolean | undefined;
}

/** The argv of a container's own program. */
export function inSandbox(argv: readonly string[], sandbox: Sandbox): readonly string[] {
  const { first, files, readOnly, recordsSyncs } = sandbox;
  const recorded = recordsSyncs ? recordingSyncs(argv) : argv;
  const limited = limitedTo(first === "init" ? withInit(recorded) : recorded, sandbox);
  const separate = first === undefined ? limited : inNewNamespace(limited, files);
  return readOnly ? withReadOnly(readOnly, separate) : separate;
}

/**
 * The argv of another program in the container, such as a health check.
 * @param pid the container's main process, where that is in a namespace of its own
 */
export function besideInSandbox(
  argv: readonly string[],
  sandbox: Sandbox,
  pid: number | undefined,
  cwd: string,
): readonly string[] {
  const limited = limitedTo(argv, { ...sandbox, first: undefined });
  return pid === undefined ? limited : inNamespaceOf(pid, limited, cwd);
}

/** Limits are set before the user changes: an ordinary user could not raise them. */
function limitedTo(
  argv: readonly string[],
  { first, ulimits = [], user }: Sandbox,
): readonly string[] {
  return withUlimits(ulimits, user ? asUser(user, argv, first !== undefined) : argv);
}
