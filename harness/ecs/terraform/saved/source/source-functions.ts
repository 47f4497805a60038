import { readFileSync, realpathSync } from "node:fs";
import path from "node:path";
import { HarnessError } from "../../../base/errors.ts";
import { evaluateTemplate } from "../../expression.ts";
import { FUNCTIONS, type Functions } from "../../expression/functions.ts";
import { asRecord, asText, dig } from "../../expression/values.ts";

/** The functions that read files. Only those of the configuration can be read. @param root its folder */
export function sourceFunctions(root: string): Functions {
  const textOf = (name: unknown): string => readFileSync(inside(root, asText(name)), "utf8");
  return {
    ...FUNCTIONS,
    file: textOf,
    filebase64: (name) => readFileSync(inside(root, asText(name))).toString("base64"),
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

/** @throws HarnessError for a file outside the configuration, or one that cannot be read */
function inside(root: string, name: string): string {
  const at = path.resolve(root, name);
  try {
    const [real, top] = [realpathSync(at), realpathSync(root)];
    if (real.startsWith(`${top}${path.sep}`)) return real;
  } catch {
    throw new HarnessError("ERR_UNSUPPORTED", `the file ${name} cannot be read`);
  }
  throw new HarnessError(
    "ERR_UNSUPPORTED",
    `the file ${name} is not in the configuration's folder`,
  );
}
