import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { fromJson } from "./files.ts";

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
      new Map(entries.map(({ Key: key, Dir: at }) => [String(key), path.join(root, String(at))])),
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
    const at = (isRelative ? undefined : this.#installed.get(key)) ?? own;
    const found = at === undefined ? undefined : await stat(at).catch(() => undefined);
    return found?.isDirectory() === true ? at : undefined;
  }
}
