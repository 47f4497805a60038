import type { PortBinding } from "../state.ts";

/** Where a container runs: what its image's programs need to know to listen there. */
export interface ContainerPlace {
  readonly container: string;
  /** The host's address; what the container listens on is reached here. */
  readonly address: string;
  readonly ports: readonly PortBinding[];
  /** Microseconds a key that slow storage adds to loading, if it is slow now. */
  readonly keyLoadDelayMicros: number | undefined;
}

/** What a container image is on this machine. */
export interface LocalImage {
  /** The image's CMD, used where the task definition gives no `command`. */
  readonly command?: readonly string[];
  /** The image's ENTRYPOINT, used where the task definition gives no `entryPoint`. */
  readonly entryPoint?: readonly string[];
  /** The image's ENV; the task definition's `environment` wins. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The image's WORKDIR. @default the container's own empty folder */
  readonly workingDirectory?: string;
  /** The image's programs as shell scripts by name; they come first on the container's PATH. */
  readonly programs?: (place: ContainerPlace) => Readonly<Record<string, string>>;
}
