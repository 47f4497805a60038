import { type LocalImage, type LocalImages, nameIn, redisImage } from "../../ecs/index.ts";
import { UsageError } from "../../../command-line/options.ts";
import type { Assigned } from "./options.ts";

/** What is known about images before the template is read. */
export interface LocalImageOptions {
  /** What the user has named, by the end of the repository's name; the longest one counts. */
  readonly named: LocalImages;
  readonly app: LocalImage;
  /** Whether the user has said what the app is. */
  readonly isAppGiven: boolean;
  /** The app and Redis of an environment, by repository. @default {} */
  readonly known?: LocalImages;
  /** Numbers of users, by name. @default {} */
  readonly users?: Assigned;
}

/** The local image for each image of a template, by repository, and which of them are Redis. */
export interface ChosenImages {
  readonly images: LocalImages;
  readonly redis: ReadonlySet<string>;
}

/**
 * An image is what the user has named it, else Redis by the name of its repository; the one that is
 * left is the app.
 * @throws UsageError naming the images when several are left, or none for an app that is given
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
    throw new UsageError(`error: option --app: of the images ${all} none is left to be the app`);
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

/** A command as in a shell; a single program takes the shell's place, so that signals reach it. */
export function shell(line: string, workingDirectory: string): LocalImage {
  const isSingle = !/[;&|<>()\n]/.test(line);
  // `exec` itself takes no assignment: "FOO=1 node server.js".
  const exec = /^\s*[A-Za-z_]\w*=/.test(line) ? "exec env" : "exec";
  return { command: ["sh", "-c", isSingle ? `${exec} ${line}` : line], workingDirectory };
}
