import { HarnessError } from "../base/errors.ts";

/** A port of a container, and the port on this machine where its program listens. */
export interface LocalPort {
  readonly containerPort: number;
  readonly listenPort: number;
}

/** What an image's programs need to know about their container. */
export interface ProgramContext {
  readonly container: string;
  /** The address on which the container's program must listen. */
  readonly address: string;
  readonly ports: readonly LocalPort[];
  /** Additional microseconds for loading a key while storage is slow; undefined otherwise. */
  readonly keyLoadDelayMicros: number | undefined;
}

/** A container image on this machine: programs of this machine in its place, or the image's own files. */
export interface LocalImage {
  /**
   * The folder with the image's files. Its containers have these as their root, and a network of their own. @default none: a
   * container is a process with this machine's files and network
   */
  readonly root?: string;
  /** The image's STOPSIGNAL. @default SIGTERM */
  readonly stopSignal?: NodeJS.Signals;
  /** The TCP ports of the image's EXPOSE. Links have variables for them. @default [] */
  readonly exposes?: readonly number[];
  /** The image's CMD, used if the task definition has no `command`. */
  readonly command?: readonly string[];
  /** The image's ENTRYPOINT, used if the task definition has no `entryPoint`. */
  readonly entryPoint?: readonly string[];
  /** The image's ENV. The task definition's `environment` takes precedence. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The image's USER, used if the task definition has no `user`. @default root */
  readonly user?: string;
  /** User and group numbers by user name: `{ node: "1000:1000" }`. root is predefined. @default {} */
  readonly users?: Readonly<Record<string, string>>;
  /** Users of the image's folders: `{ "/data": "redis" }`. A new volume at such a path belongs to the same user. @default {} */
  readonly folders?: Readonly<Record<string, string>>;
  /** The image's WORKDIR. @default the container's own empty folder */
  readonly workingDirectory?: string;
  /** The image's programs: shell scripts by name. They come first on the container's PATH. */
  readonly programs?: (context: ProgramContext) => Readonly<Record<string, string>>;
}

export type LocalImages = Readonly<Record<string, LocalImage>>;

/** The repository of an image: its name without registry, digest and tag. */
export function repositoryOf(image: string): string {
  const [name = ""] = image.split("@");
  return name.replace(/:[^:/]*$/, "");
}

/** Whether a name is a whole repository name, or the end of one. */
export const isEndOf = (name: string, repository: string): boolean =>
  repository === name || repository.endsWith(`/${name}`);

/** The longest key that is the end of the repository name. */
export const nameIn = (images: LocalImages, repository: string): string | undefined =>
  Object.keys(images)
    .filter((name) => isEndOf(name, repository))
    .toSorted((a, b) => b.length - a.length)[0];

/**
 * Finds the local counterpart of an image: the longest key that is the end of its repository name. `redis`
 * matches `public.ecr.aws/docker/library/redis:8.0`, but not `my-redis`.
 * @throws HarnessError ERR_IMAGE with the image and the existing keys
 */
export function findImage(images: LocalImages, image: string, where: string): LocalImage {
  // A reference of an engine's image has a tag.
  const key = Object.hasOwn(images, image) ? image : nameIn(images, repositoryOf(image));
  const found = key === undefined ? undefined : images[key];
  if (found) return found;
  const known = Object.keys(images).join(", ") || "none";
  const message = `${where}: image ${image} has no local counterpart; images: ${known}`;
  throw new HarnessError("ERR_IMAGE", message);
}

/**
 * The argv of a container. As in Docker, an entry point in the task definition replaces the image's ENTRYPOINT
 * and CMD, and an empty list counts as none.
 * @throws HarnessError ERR_IMAGE if neither has a command
 */
export function argvOf(
  { name, entryPoint, command }: ContainerCommand,
  image: LocalImage,
): readonly string[] {
  const own = entryPoint?.length ? entryPoint : undefined;
  const argv = [
    ...(own ?? image.entryPoint ?? []),
    ...((command?.length ? command : own ? undefined : image.command) ?? []),
  ];
  if (argv.length > 0) return argv;
  const message = `container "${name}": neither its definition nor its image has a command; give the definition a "command" or the image a CMD`;
  throw new HarnessError("ERR_IMAGE", message);
}

interface ContainerCommand {
  readonly name: string;
  readonly entryPoint?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
}
