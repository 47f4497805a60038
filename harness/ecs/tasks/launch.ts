import type { Sandbox } from "../machine/sandbox.ts";

/** What the start of a container's process needs: all that containers from images and processes have in common. */
export interface ContainerLaunch {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A folder of this machine. */
  readonly cwd: string;
  readonly sandbox: Sandbox;
  /** The folders of this machine that it mounts. */
  readonly folders: readonly string[];
  /** The words of its health check for this machine. */
  readonly healthCheck: readonly string[] | undefined;
  readonly stopSignal: NodeJS.Signals;
}

/** What a container from an image and a process of this machine have in common. */
export interface LaunchFiles {
  readonly logFile: string;
  /** The file that records its syncs; undefined if they are not recorded. */
  readonly syncTable: string | undefined;
}
