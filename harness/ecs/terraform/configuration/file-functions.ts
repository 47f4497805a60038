import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { HarnessError } from "../../base/errors.ts";
import { evaluateTemplate } from "../expression/index.ts";
import { FUNCTIONS, type Functions } from "../expression/functions.ts";
import { foldersOf, type WrittenModule } from "./written-module.ts";
import { asRecord, asText, dig } from "../expression/values.ts";

/** All functions. Those that read files read only files of a configuration and of the modules that it calls. */
export function functionsOf(root: WrittenModule): Functions {
  const { folder } = root;
  return folder === undefined
    ? FUNCTIONS
    : { ...FUNCTIONS, ...fileFunctions(folder, foldersOf(root)) };
}

/**
 * @param root the folder for relative paths
 * @param folders of the configuration and of its modules
 */
function fileFunctions(root: string, folders: readonly string[]): Functions {
  const pathOf = (name: unknown): string => inside(root, folders, asText(name));
  const textOf = (name: unknown): string => readFileSync(pathOf(name), "utf8");
  return {
    file: textOf,
    filebase64: (name) => readFileSync(pathOf(name)).toString("base64"),
    templatefile: (name, variables) => {
      const values = asRecord(variables);
      return evaluateTemplate(textOf(name), ([variable = "", ...rest]) => {
        const found = dig(values[variable], rest);
        if (found !== undefined) return found;
        throw new HarnessError("ERR_TEMPLATE", `${asText(name)}: no variable ${variable}`);
      });
    },
  };
}

/** @throws HarnessError for a file outside the folders, or one that cannot be read */
function inside(root: string, folders: readonly string[], name: string): string {
  const real = realPath(path.resolve(root, name));
  if (real === undefined) {
    throw new HarnessError("ERR_UNSUPPORTED", `the file ${name} cannot be read`);
  }
  const isInside = folders.some((folder) => real.startsWith(`${realPath(folder)}${path.sep}`));
  if (isInside) return real;
  throw new HarnessError(
    "ERR_UNSUPPORTED",
    `the file ${name} is not in the configuration's folders`,
  );
}

function realPath(name: string): string | undefined {
  try {
    return realpathSync(name);
  } catch {
    return undefined;
  }
}
