import type { ModuleJson, Outputs } from "./module-stack.ts";

// The tables of a module, in the form of `terraform-docs markdown table` (https://terraform-docs.io), which
// users run on their copy of a module.

const beginMark = "<!-- BEGIN_TF_DOCS -->";
const endMark = "<!-- END_TF_DOCS -->";

interface Input {
  readonly description: string;
  readonly type: string;
  readonly default?: unknown;
}

type Inputs = Readonly<Record<string, Input>>;

/** The sections of a module between the marks. */
export function terraformDocs(json: ModuleJson): string {
  const { variable: inputs, output: outputs } = json as unknown as {
    readonly variable: Inputs;
    readonly output: Outputs;
  };
  const { required_version: version, required_providers: providers } = json.terraform;
  const versions = Object.entries(providers).map(
    ([name, { version: own }]) => [name, own] as const,
  );
  const parts = [
    section(
      "Requirements",
      ["Name", "Version"],
      anchored("requirement", [["terraform", version], ...versions]),
    ),
    section(
      "Providers",
      ["Name", "Version"],
      anchored(
        "provider",
        versions.filter(([name]) => isUsed(json, name)),
      ),
    ),
    "## Modules\n\nNo modules.",
    section("Resources", ["Name", "Type"], resourceRows(json)),
    section("Inputs", ["Name", "Description", "Type", "Default", "Required"], inputRows(inputs)),
    section(
      "Outputs",
      ["Name", "Description"],
      sorted(outputs).map(([name, { description }]) => [
        anchor("output", name),
        prose(description),
      ]),
    ),
  ];
  return [beginMark, parts.join("\n\n"), endMark].join("\n");
}

type Row = readonly string[];

/** Only resources and data sources count, not ephemeral values. */
function isUsed({ resource }: ModuleJson, provider: string): boolean {
  return Object.keys(resource).some((type) => type.startsWith(`${provider}_`));
}

function anchored(kind: string, versions: readonly (readonly [string, string])[]): Row[] {
  return versions.map(([name, version]) => [anchor(kind, name), version]);
}

function resourceRows({ resource }: ModuleJson): Row[] {
  return Object.entries(resource)
    .flatMap(([type, byId]) => Object.keys(byId).map((id) => [`${type}.${id}`, type] as const))
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([address, type]) => {
      const [, provider = "", name = ""] = /^([a-z]+)_(.*)$/.exec(type) ?? [];
      const page = `https://registry.terraform.io/providers/hashicorp/${provider}/latest/docs/resources/${name}`;
      return [`[${address}](${page})`, "resource"];
    });
}

function inputRows(inputs: Inputs): Row[] {
  return sorted(inputs).map(([name, input]) => [
    anchor("input", name),
    prose(input.description),
    `\`${input.type}\``,
    defaultOf(input),
    input.default === undefined ? "yes" : "no",
  ]);
}

/** @throws TypeError for a list or object with values: terraform-docs writes it on several lines */
function defaultOf({ default: fallback }: Input): string {
  if (fallback === undefined) return "n/a";
  if (Object.keys(Object(fallback)).length > 0 && typeof fallback !== "string") {
    throw new TypeError(`${JSON.stringify(fallback)}: this default is not supported`);
  }
  return `\`${JSON.stringify(fallback)}\``;
}

const sorted = <Value>(values: Readonly<Record<string, Value>>): [string, Value][] =>
  Object.entries(values).toSorted(([one], [other]) => (one < other ? -1 : 1));

function anchor(kind: string, name: string): string {
  const link = `${kind}_${name}`;
  return `<a name="${link}"></a> [${escaped(name)}](#${escaped(link)})`;
}

const escaped = (name: string): string => name.replaceAll("_", String.raw`\_`);

/** Escapes text outside of code. */
function prose(words: string): string {
  return words
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : escaped(part).replaceAll("|", String.raw`\|`)))
    .join("");
}

/** terraform-docs draws a line below a heading that is as wide as the heading and its spaces. */
function section(title: string, head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(" | ")} |`;
  const rule = head.map((name) =>
    name === "Required" ? `:${"-".repeat(name.length)}:` : "-".repeat(name.length + 2),
  );
  return [`## ${title}`, "", line(head), `|${rule.join("|")}|`, ...rows.map(line)].join("\n");
}
