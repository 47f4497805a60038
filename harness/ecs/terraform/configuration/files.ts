import { readdir, readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { HarnessError } from "../../base/errors.ts";
import { messageOf } from "../../base/message-of.ts";

/** A file of a module, parsed but not checked. */
export interface ModuleFile {
  readonly name: string;
  readonly content: unknown;
  /** Whether its arguments replace those of the other files. */
  readonly isOverride: boolean;
}

/** The files of a module, and the folder for its relative paths. */
export interface ModuleFiles {
  readonly files: readonly ModuleFile[];
  readonly folder: string;
}

/**
 * Reads a module: a file, or a folder with all its `.tf.json` and `.tf` files.
 * @throws HarnessError ERR_TEMPLATE if a file cannot be read or is half written
 */
export async function readFiles(source: string): Promise<ModuleFiles> {
  const found = await stat(source).catch(unreadable(source));
  if (!found.isDirectory()) {
    return { files: [await read(source, false)], folder: path.resolve(path.dirname(source)) };
  }
  const names = await namesIn(source);
  if (names.length === 0) {
    throw new HarnessError("ERR_TEMPLATE", `${source} has no .tf.json or .tf file`);
  }
  const files = names.map((name) => read(path.join(source, name), isOverride(name)));
  return { files: await Promise.all(files), folder: path.resolve(source) };
}

/** Whether a folder has a Terraform configuration. */
export const isConfiguration = async (folder: string): Promise<boolean> =>
  (await namesIn(folder)).length > 0;

/** The names of a folder's files, overrides last. */
const namesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => []))
    // As Terraform, which ignores hidden files, an editor's (`#main.tf#`) and OpenTofu's.
    .filter((name) => /^[^.].*\.tf(\.json)?$/s.test(name))
    .toSorted()
    .toSorted((one, other) => Number(isOverride(one)) - Number(isOverride(other)));

/** https://developer.hashicorp.com/terraform/language/files/override */
const isOverride = (name: string): boolean => /(^|_)override\.tf(\.json)?$/.test(name);

async function read(name: string, override: boolean): Promise<ModuleFile> {
  const text = await readFile(name, "utf8").catch(unreadable(name));
  const content = name.endsWith(".tf") ? await fromHcl(name, text) : fromJson(name, text);
  return { name, content, isOverride: override };
}

function unreadable(file: string): (error: unknown) => never {
  return (error) => {
    const hint = file.endsWith("cdk.tf.json") ? "; write it with `npm run synth`" : "";
    throw new HarnessError("ERR_TEMPLATE", `cannot read ${file}: ${messageOf(error)}${hint}`, {
      cause: error,
    });
  };
}

function fromJson(file: string, text: string): unknown {
  const value = parsed(file, text);
  if (keysIn(text) === keysIn(JSON.stringify(value))) return value;
  const message = `${file} has a key twice in one object, of which Terraform reads both; write a list`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/** The number of keys in the text of JSON. Other strings have no colon behind them. */
const keysIn = (json: string): number =>
  [...json.matchAll(/"(?:[^"\\]+|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon).length;

function parsed(file: string, text: string): unknown {
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

/** Modules may call others up to this depth. */
const DEEPEST = 10;

/** Where the modules of a configuration are: at their paths, or where `terraform init` has put them. */
export class ModuleFolders {
  /** By their keys: `web`, and `web.container` for a module that this one calls. */
  readonly #installed: ReadonlyMap<string, string>;

  private constructor(installed: ReadonlyMap<string, string>) {
    this.#installed = installed;
  }

  /** @param root the folder of the root module @throws HarnessError ERR_TEMPLATE for a list that is not JSON */
  static async of(root: string): Promise<ModuleFolders> {
    const file = path.join(root, ".terraform/modules/modules.json");
    const text = await readFile(file, "utf8").catch(() => "{}");
    const { Modules: all } = (fromJson(file, text) ?? {}) as { readonly Modules?: unknown };
    const entries = Array.isArray(all) ? (all as { Key?: unknown; Dir?: unknown }[]) : [];
    return new ModuleFolders(
      new Map(
        entries.map(({ Key: key, Dir: at }) => [String(key), path.resolve(root, String(at))]),
      ),
    );
  }

  /**
   * The folder of a module; undefined if it is not here.
   * @param folder of the module that calls it
   * @param key of the call
   */
  async find(folder: string, key: string, source: unknown): Promise<string | undefined> {
    if (typeof source !== "string" || key.split(".").length > DEEPEST) return undefined;
    // As Terraform, which copies a module with an absolute path.
    const isRelative = /^\.\.?\//.test(source);
    const own = isRelative || path.isAbsolute(source) ? path.resolve(folder, source) : undefined;
    const installed = this.#installed.get(key);
    const at = (isRelative ? undefined : installed) ?? own;
    // Terraform reads the one that was there at the init, with links resolved.
    if (isRelative && installed !== undefined && (await realOf(installed)) !== (await realOf(at))) {
      const message = `module ${key} was installed from ${installed}, and is ${own} now: run terraform init again`;
      throw new HarnessError("ERR_TEMPLATE", message);
    }
    const found = at === undefined ? undefined : await stat(at).catch(() => undefined);
    return found?.isDirectory() === true ? at : undefined;
  }
}

const realOf = (folder: string | undefined): Promise<string | undefined> =>
  realpath(folder ?? "").catch(() => folder);
