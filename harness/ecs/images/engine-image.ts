import { arch, constants } from "node:os";
import { HarnessError } from "../base/errors.ts";
import { usersIn } from "../tasks/image-files.ts";
import type { LocalImage } from "../tasks/image.ts";
import type { Engine, InspectedImage } from "./engine.ts";
import { type ExportProgress, filesOf } from "./image-cache.ts";

/** Docker's names of the architectures of Node.js. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/**
 * An image of an engine, whose containers run from its own files.
 * @param progress of the export of its files, which takes seconds, once
 * @returns undefined if the engine has no such image
 * @throws HarnessError ERR_IMAGE for an image of another system or architecture, or if the engine fails
 */
export async function engineImage(
  engine: Engine,
  reference: string,
  progress: ExportProgress = {},
): Promise<LocalImage | undefined> {
  const image = await engine.inspect(reference);
  if (image === undefined) return undefined;
  checkKind(reference, image);
  const root = await filesOf(engine, { id: image.Id, reference }, progress);
  return { root, users: await usersIn(root), ...settingsOf(image, reference) };
}

function checkKind(
  reference: string,
  { Os: system, Architecture: architecture }: InspectedImage,
): void {
  const own = ARCHITECTURES[arch()] ?? arch();
  if (system === "linux" && architecture === own) return;
  const message = `image ${reference} is for ${system}/${architecture}, and this machine is linux/${own}: build or pull it for that platform`;
  throw new HarnessError("ERR_IMAGE", message);
}

function settingsOf(
  { Config: config }: InspectedImage,
  reference: string,
): Omit<LocalImage, "root"> {
  const {
    Entrypoint: entryPoint,
    Cmd: command,
    Env: env,
    User: user,
    WorkingDir: directory,
    StopSignal: signal,
    ExposedPorts: exposed,
  } = config ?? {};
  return {
    ...(entryPoint?.length && { entryPoint }),
    ...(command?.length && { command }),
    environment: Object.fromEntries((env ?? []).map(variable)),
    ...(user && { user }),
    ...(directory && { workingDirectory: directory }),
    exposes: Object.keys(exposed ?? {}).flatMap((port) => {
      const [number, protocol = "tcp"] = port.split("/");
      return protocol === "tcp" ? [Number(number)] : [];
    }),
    ...(signal && { stopSignal: signalOf(signal, reference) }),
  };
}

const variable = (line: string): [string, string] => {
  const at = line.indexOf("=");
  return at === -1 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
};

/** STOPSIGNAL may be a name with or without SIG, or a number. */
function signalOf(text: string, reference: string): NodeJS.Signals {
  const known = Object.entries(constants.signals);
  const found = known.find(
    ([name, number]) => name === `SIG${text.replace(/^SIG/, "")}` || String(number) === text,
  );
  if (found !== undefined) return found[0] as NodeJS.Signals;
  throw new HarnessError("ERR_IMAGE", `image ${reference}: unknown STOPSIGNAL ${text}`);
}
