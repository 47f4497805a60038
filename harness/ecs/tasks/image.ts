import { HarnessError } from "../base/errors.ts";

/** A port of a container, and the port on which its program listens on this machine. */
export interface LocalPort {
  readonly containerPort: number;
  readonly listenPort: number;
}

/** What an image's programs need to know of their container to listen for it. */
export interface ProgramContext {
  readonly container: string;
  /** The address on which the container's program must listen. */
  readonly address: string;
  readonly ports: readonly LocalPort[];
  /** Microseconds that slow storage adds to loading a key; undefined while it is not slow. */
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
  /** The image's USER, where the task definition gives no `user`. @default root */
  readonly user?: string;
  /** Its users by name: `{ node: "1000:1000" }`; root is known. @default {} */
  readonly users?: Readonly<Record<string, string>>;
  /** The image's WORKDIR. @default the container's own empty folder */
  readonly workingDirectory?: string;
  /** The image's programs as shell scripts by name; they come first on the container's PATH. */
  readonly programs?: (context: ProgramContext) => Readonly<Record<string, string>>;
}

export type LocalImages = Readonly<Record<string, LocalImage>>;

/** An image's repository: its name without registry digest or tag. */
export function repositoryOf(image: string): string {
  const [name = ""] = image.split("@");
  return name.replace(/:[^:/]*$/, "");
}

/** Whether a name is a repository's whole name, or its last part. */
export const isEndOf = (name: string, repository: string): boolean =>
  repository === name || repository.endsWith(`/${name}`);

/** The key that a repository ends with, the longest one of several. */
export const nameIn = (images: LocalImages, repository: string): string | undefined =>
  Object.keys(images)
    .filter((name) => isEndOf(name, repository))
    .toSorted((a, b) => b.length - a.length)[0];

/**
 * Finds what an image is here: the key that its repository ends with, the longest one of several.
 * `redis` is `public.ecr.aws/docker/library/redis:8.0`, but not `my-redis`.
 * @throws HarnessError ERR_IMAGE naming the image and the keys there are
 */
export function findImage(images: LocalImages, image: string, where: string): LocalImage {
  const key = nameIn(images, repositoryOf(image));
  const found = key === undefined ? undefined : images[key];
  if (found) return found;
  const known = Object.keys(images).join(", ") || "none";
  const message = `${where}: image ${image} has no local counterpart; images are: ${known}`;
  throw new HarnessError("ERR_IMAGE", message);
}

/**
 * The argv that a container runs. As in Docker, an entry point in the task definition drops the image's
 * CMD.
 * @throws HarnessError ERR_IMAGE when neither gives a command
 */
export function argvOf(
  { name, entryPoint, command }: ContainerCommand,
  image: LocalImage,
): readonly string[] {
  const argv = [
    ...(entryPoint ?? image.entryPoint ?? []),
    ...(command ?? (entryPoint ? undefined : image.command) ?? []),
  ];
  if (argv.length > 0) return argv;
  const message = `container "${name}": neither its definition nor its image has a command`;
  throw new HarnessError("ERR_IMAGE", message);
}

interface ContainerCommand {
  readonly name: string;
  readonly entryPoint?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
}
