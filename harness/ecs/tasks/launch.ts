import type { GuardedProcess } from "../machine/guarded-process.ts";
import type { Volume } from "../machine/open-files.ts";
import { besideInSandbox, type Sandbox } from "../machine/sandbox.ts";

/** What the start of a container's process needs: all that containers from images and processes have in common. */
export interface ContainerLaunch {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A folder of this machine. */
  readonly cwd: string;
  readonly sandbox: Sandbox;
  /** What it mounts. */
  readonly volumes: readonly Volume[];
  /** The words of its health check for this machine. */
  readonly healthCheck: readonly string[] | undefined;
  readonly stopSignal: NodeJS.Signals;
}

/** What a container from an image and a process of this machine have in common. */
export interface LaunchFiles {
  readonly logFile: string;
}

/** Another program in a container, as this machine starts it. */
export interface Beside {
  readonly argv: readonly string[];
  /** The variables of a container's process, secrets included. None is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Another program beside the process of a container, such as a health check. */
export function besideProcess(
  running: Pick<GuardedProcess, "pid" | "group">,
  { env, cwd, sandbox }: Pick<ContainerLaunch, "env" | "cwd" | "sandbox">,
  argv: readonly string[],
  hasTerminal = false,
): Beside {
  const beside = besideInSandbox(argv, sandbox, running, { cwd, hasTerminal });
  return { argv: beside.argv, env: { ...env, ...beside.env }, cwd };
}
