import { resolve } from "node:path";
import {
  Engine,
  isEndOf,
  isImageReference,
  repositoryOf,
  engineImage,
  type EngineName,
  type LocalImage,
  type LocalImages,
  whyNoImages,
} from "../../../ecs/index.ts";
import { HERE, UsageError } from "../../../../command-line/options.ts";
import { findCommand, thisSystem } from "../../../ecs/programs/operating-system.ts";
import type { Assigned } from "../options/options.ts";

/** The options about images. */
export interface EngineOptions {
  /** Programs, or references of images, by the image's name. */
  readonly image: Assigned;
  /** Folders with a Dockerfile, by the image's name. */
  readonly build?: Assigned;
  readonly engine?: EngineName | "none";
  /** Whether images that the engine does not have are fetched. */
  readonly pull?: boolean;
  /** Ends a build, a download and an export. */
  readonly signal?: AbortSignal | undefined;
}

export interface EngineImages {
  /** The images that the options name. */
  readonly named: LocalImages;
  /** The images that the engine has, by the reference in the template. */
  readonly found: LocalImages;
  readonly source: ImageSource;
}

/** The engine, or why no image is used. */
export type ImageSource = { readonly engine: EngineName } | { readonly why: string };

/** @throws UsageError for an image that an option names */
function none(why: string, image: Assigned): EngineImages {
  for (const [name, text] of Object.entries(image)) {
    if (isReference(name, text)) {
      throw new UsageError(`error: option --image ${name}: image ${text} cannot be used: ${why}`);
    }
    checkWord(name, text, `no image can be used: ${why}`);
  }
  return { named: {}, found: {}, source: { why } };
}

/** `name:tag` or `host/name:tag`: no program has such a name. */
const REFERENCE = /^[a-z0-9][\w./-]*(?::\d+\/[\w./-]+)?:[\w][\w.-]*$/i;

const isProgram = (text: string): boolean => findCommand(thisSystem(), text) !== undefined;

/** @throws UsageError for what looks like a reference and cannot be one */
function isReference(name: string, text: string): boolean {
  if (!REFERENCE.test(text) || isProgram(text)) return false;
  if (isImageReference(text)) return true;
  throw new UsageError(
    `error: option --image ${name}: ${text} is neither a program of this machine nor an image reference: the name of an image has lowercase letters, digits and . _ - / only`,
  );
}

/** @throws UsageError for a single word that is no program: a shell would say so only when the container starts */
function checkWord(name: string, text: string, other: string): void {
  if (!/^[\w.+-]+$/.test(text) || isProgram(text)) return;
  const message = `error: option --image ${name}: ${text} is no program of this machine, and ${other}`;
  throw new UsageError(message);
}

/**
 * Finds the images that run as they are: those that the options name, and those of the template that an engine has.
 * @param references of the template's images
 * @throws UsageError for what cannot be, before anything is started
 */
export async function engineImages(
  options: EngineOptions,
  references: readonly string[],
): Promise<EngineImages> {
  const { image, build = {}, engine: wanted, pull = false, signal } = options;
  if (wanted === "none") return none("--engine none", image);
  const engine = Engine.find(wanted);
  const missing = `${wanted ?? "podman or docker"} is not installed`;
  const why =
    engine === undefined ? missing : ((await whyNoImages()) ?? (await engine.whyUnusable()));
  const asked = Object.keys(build).length > 0 ? "build" : pull ? "pull" : wanted && "engine";
  if (engine === undefined || why !== undefined) {
    if (asked !== undefined) throw new UsageError(`error: option --${asked}: ${why}`);
    return none(why ?? missing, image);
  }
  const get = (reference: string) => engineImage(engine, reference, { ...PROGRESS, signal });
  const has = async (reference: string): Promise<LocalImage | undefined> => {
    const own = await get(reference);
    if (own !== undefined || !pull) return own;
    await engine.pull(reference, signal);
    return get(reference);
  };
  const named: Record<string, LocalImage> = {};
  for (const [name, folder] of Object.entries(build)) {
    const tag = `local-ecs/${name.replaceAll(/[^a-z0-9/._-]/gi, "-").toLowerCase()}`;
    await engine.build(resolve(HERE, folder), tag, signal);
    named[name] = (await get(tag)) ?? {};
  }
  for (const [name, text] of Object.entries(image)) {
    const own = await referred(name, text, has, engine.name);
    if (own !== undefined) named[name] = own;
  }
  const found: Record<string, LocalImage> = {};
  const isNamed = (reference: string): boolean =>
    Object.keys({ ...image, ...build }).some((name) => isEndOf(name, repositoryOf(reference)));
  for (const reference of new Set(references.filter((each) => !isNamed(each)))) {
    const own = await get(reference);
    if (own !== undefined) found[reference] = own;
  }
  return { named, found, source: { engine: engine.name } };
}

/**
 * The image of `--image NAME=TEXT`; undefined if the text is a command. A word that an engine has as an image is one.
 * @throws UsageError if the word could be both, or is a reference without an image
 */
async function referred(
  name: string,
  text: string,
  has: (reference: string) => Promise<LocalImage | undefined>,
  engine: EngineName,
): Promise<LocalImage | undefined> {
  const isWritten = isReference(name, text);
  const canBeImage = isImageReference(text) && (!isProgram(text) || REFERENCE.test(text));
  const own = canBeImage ? await has(text) : undefined;
  if (own !== undefined) return own;
  if (isWritten) {
    throw new UsageError(
      `error: option --image ${name}: ${engine} has no image ${text}; fetch it with --pull, or give a command`,
    );
  }
  checkWord(name, text, `${engine} has no such image`);
  return undefined;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const PROGRESS = {
  onBegin: (reference: string) => say(`Reading the files of ${reference}: this is done once.`),
  onEnd: (reference: string, megabytes: number, seconds: number) =>
    say(`Read the files of ${reference}: ${megabytes} MB in ${seconds.toFixed(1)} s.`),
};
