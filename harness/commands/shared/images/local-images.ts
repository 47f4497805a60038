import { type LocalImage, type LocalImages, nameIn, redisImage } from "../../../ecs/index.ts";
import { findCommand, thisSystem } from "../../../ecs/programs/operating-system.ts";
import { UsageError } from "../../../../command-line/options.ts";
import type { Assigned } from "../options/options.ts";

/** The known images, before the template is read. */
export interface LocalImageOptions {
  /** The user's images, by the last parts of the repository's name. The longest match wins. */
  readonly named: LocalImages;
  readonly app: LocalImage;
  readonly isAppGiven: boolean;
  /** The app and Redis of an environment, by repository. @default {} */
  readonly known?: LocalImages;
  /** Numeric ids by user name. @default {} */
  readonly users?: Assigned;
}

/** The local image of each repository, and the repositories that are Redis. */
export interface ChosenImages {
  readonly images: LocalImages;
  readonly redis: ReadonlySet<string>;
}

/**
 * Assigns an image to each repository: the user's image if named, Redis by the repository's name, and the app to the
 * remaining one.
 * @throws UsageError with the images if several remain, or if none remains for a given app
 */
export function localImages(
  repositories: readonly string[],
  options: LocalImageOptions,
): ChosenImages {
  const { named, app, isAppGiven, known = {}, users = {} } = options;
  const others = repositories.filter((repository) => nameIn(named, repository) === undefined);
  const apps = others.filter((repository) => known[repository] === app);
  const redis = others.filter(
    (repository) => !apps.includes(repository) && (known[repository] || isRedis(repository)),
  );
  const left = others.filter((each) => !apps.includes(each) && !redis.includes(each));
  checkLeft(left, apps.length > 0);
  if (isAppGiven && apps.length + left.length === 0) {
    const all = repositories.join(", ");
    throw new UsageError(`error: option --app: no image is left for the app; images: ${all}`);
  }
  const images = repositories.map((repository): [string, LocalImage] => {
    const own = named[nameIn(named, repository) ?? ""];
    return [repository, own ?? (redis.includes(repository) ? redisWith(users) : app)];
  });
  return { images: Object.fromEntries(images), redis: new Set(redis) };
}

function checkLeft(left: readonly string[], isAppKnown: boolean): void {
  if (left.length === 0 || (left.length === 1 && !isAppKnown)) return;
  const names = left.join(", ");
  throw new UsageError(
    isAppKnown
      ? `error: what is ${names} here? Name it: --image NAME=COMMAND`
      : `error: which of ${names} is the app? Name the others: --image NAME=COMMAND`,
  );
}

/** Whether an image is Redis, by the name of its repository. */
export const isRedis = (repository: string): boolean => /(^|\/)(redis|valkey)$/.test(repository);

function redisWith(users: Assigned): LocalImage {
  const image = redisImage();
  return { ...image, users: { ...image.users, ...users } };
}

/**
 * A command as an image's ENTRYPOINT: the `command` of a definition is its arguments, as in Docker. What needs a shell runs in
 * one: a single program replaces it, so that it receives signals; a longer line has the arguments as "$@".
 */
export function shell(line: string, workingDirectory: string): LocalImage {
  return { entryPoint: asProgram(line) ?? inShell(line), command: [], workingDirectory };
}

/** The words of a program of this machine; undefined for what a shell has to read. */
function asProgram(line: string): readonly string[] | undefined {
  const words = line.trim().split(/\s+/);
  const [name = ""] = words;
  const isPlain = /^[\w@%+:,./= -]+$/.test(line) && !name.includes("=");
  const isHere = name.includes("/") || findCommand(thisSystem(), name) !== undefined;
  return isPlain && isHere ? words : undefined;
}

function inShell(line: string): readonly string[] {
  const isSingle = !/[;&|<>()\n]/.test(line);
  // `exec` does not accept assignments, as in "FOO=1 node server.js".
  const exec = /^\s*[A-Za-z_]\w*=/.test(line) ? "exec env" : "exec";
  return ["sh", "-c", isSingle ? `${exec} ${line} "$@"` : line, "sh"];
}
