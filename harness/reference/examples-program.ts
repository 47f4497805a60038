import type { Api } from "./api.ts";
import { formatted } from "./formatted.ts";
import { tagsOf } from "./shape.ts";

/**
 * The examples of an API as functions of a module, each with what all begin with.
 *
 * @param given the beginning: imports, then constants
 * @param from where the module imports the names of the API from
 */
export async function examplesProgram(api: Api, given: string, from: string): Promise<string> {
  const names = api.entries.flatMap((entry) => entry.names);
  const examples = names.flatMap(({ name, docs }) =>
    tagsOf(docs, "example").map((code) => ({ name, code })),
  );
  const all = [given, ...examples.map(({ code }) => code)].join("\n");
  const imported = names
    .filter(({ name }) => mentions(all, name))
    .map(({ name, kind }) => (kind === "interface" || kind === "type" ? `type ${name}` : name));
  const imports = given.match(/^import .*$/gm) ?? [];
  const rest = given.replaceAll(/^import .*\n+/gm, "");
  const constants = Array.from(rest.matchAll(/^const \[?(\w+)/gm), ([, name = ""]) => name);
  const functions = examples.map(({ name, code }) => {
    const used = constants.filter((each) => mentions(code, each));
    const beginning = used.length === 0 ? "" : `const { ${used.join(", ")} } = given();\n`;
    return `${name}: async () => {\n${beginning}${code}\n},`;
  });
  return formatted(
    "examples.ts",
    `// Written by \`npm run reference\` from the docstrings of the stacks: a change here is lost.
${imports.join("\n")}
import { ${imported.join(", ")} } from "${from}";

function given() {
${rest}
return { ${constants.join(", ")} };
}

/** By the name whose docstring has it. */
export const examples: Readonly<Record<string, () => Promise<void>>> = {
${functions.join("\n")}
};
`,
  );
}

const mentions = (code: string, name: string): boolean => new RegExp(`\\b${name}\\b`).test(code);
