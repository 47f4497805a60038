import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { HarnessError } from "../../base/errors.ts";
import { messageOf } from "../../base/message-of.ts";
import { checkContent, type ModuleContent } from "./module-content.ts";

/** The content of a module, and the folder for its relative paths. */
export interface ModuleFiles {
  readonly contents: readonly ModuleContent[];
  readonly folder: string;
}

/**
 * Reads a module: a file, or a folder with all its `.tf.json` and `.tf` files.
 * @throws HarnessError ERR_TEMPLATE if a file cannot be read, is half written, or is not a module
 */
export async function readFiles(source: string): Promise<ModuleFiles> {
  const found = await stat(source).catch(unreadable(source));
  const isFolder = found.isDirectory();
  const all = isFolder
    ? await readContents(source)
    : [{ file: source, content: await readContent(source) }];
  if (all.length === 0) {
    throw new HarnessError("ERR_TEMPLATE", `${source} has no .tf.json or .tf file`);
  }
  const contents = all.map(({ file, content }) => checkContent(file, content));
  return { contents, folder: isFolder ? source : path.dirname(source) };
}

/** Whether a folder has a Terraform configuration. */
export const isConfiguration = async (folder: string): Promise<boolean> =>
  (await namesIn(folder)).length > 0;

/** The unchecked contents of a folder's files. @throws HarnessError ERR_TEMPLATE for one that cannot be read */
export async function readContents(
  folder: string,
): Promise<readonly { readonly file: string; readonly content: unknown }[]> {
  const files = (await namesIn(folder)).map((name) => path.join(folder, name));
  return Promise.all(files.map(async (file) => ({ file, content: await readContent(file) })));
}

const namesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => /\.tf(\.json)?$/.test(name)).toSorted();

async function readContent(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch(unreadable(file));
  return file.endsWith(".tf") ? fromHcl(file, text) : fromJson(file, text);
}

function unreadable(file: string): (error: unknown) => never {
  return (error) => {
    const hint = file.endsWith("cdk.tf.json") ? "; write it with `npm run synth`" : "";
    throw new HarnessError("ERR_TEMPLATE", `cannot read ${file}: ${messageOf(error)}${hint}`, {
      cause: error,
    });
  };
}

export function fromJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `${file} is not JSON, or half written: ${messageOf(error)}`;
    throw new HarnessError("ERR_TEMPLATE", message, { cause: error });
  }
}

async function fromHcl(file: string, text: string): Promise<unknown> {
  // Imported on demand: it takes a third of a second, and most templates are JSON.
  const { parse } = await import("@cdktf/hcl2json");
  return parse(path.basename(file), text).catch((error: unknown) => {
    throw new HarnessError("ERR_TEMPLATE", `${file} is not HCL: ${messageOf(error)}`, {
      cause: error,
    });
  });
}
