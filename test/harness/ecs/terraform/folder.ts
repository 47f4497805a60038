import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readTemplate, type Template } from "../../../../harness/ecs/index.ts";

/** Files by their paths: text, or the content of JSON. */
export type Files = Readonly<Record<string, unknown>>;

/** Writes files into a new folder for the time of their use. */
export async function inFolder<Result>(
  files: Files,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), "terraform-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Reads a folder with these files as a template. */
export const readFiles = (files: Files): Promise<Template> =>
  inFolder(files, (folder) => readTemplate(folder, { parameters: {}, drawn: new Map() }));

/** The resolved arguments of a resource. */
export const argumentsOf = ({ declared }: Template, address: string): unknown =>
  declared.get(address)?.arguments;
