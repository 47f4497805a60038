import type { Api, ApiDocs, ApiMember, ApiName } from "./api.ts";
import type { Links } from "./links.ts";
import { basesOf, ownMembers, type Property, propertyOf, tagsOf } from "./shape.ts";

/** Everything about a name. */
export function sectionOf(name: ApiName, api: Api, links: Links): string[] {
  const { docs } = name;
  const own = ownMembers(name, api);
  return [
    `### ${name.name}`,
    links.prose(docs.text),
    codeBlock(name.kind === "constant" ? `declare ${name.signature}` : name.signature),
    ...list(
      "Parameters",
      tagsOf(docs, "param").map((text) => parameter(text, links)),
    ),
    ...list("Returns", tagsOf(docs, "returns").map(links.prose)),
    ...propertyTable(name, own, links),
    ...basesOf(name, api).map((base) => inherited(base, links)),
    ...callTable(own, links),
    ...list(
      name.kind === "class" ? "Errors of the constructor" : "Errors",
      tagsOf(docs, "throws").map((text) => failure(text, links)),
    ),
    ...tagsOf(docs, "example").flatMap((text) => ["**Example**", codeBlock(text)]),
    ...list("Source", tagsOf(docs, "see").map(source)),
  ].filter((part) => part !== "");
}

const codeBlock = (text: string): string => `\`\`\`ts\n${text}\n\`\`\``;

function list(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const [only = "", ...others] = items;
  return others.length === 0
    ? [`**${title}**: ${only}`]
    : [`**${title}**:`, items.map((item) => `- ${item}`).join("\n")];
}

function propertyTable({ kind }: ApiName, members: readonly ApiMember[], links: Links): string[] {
  const properties = members.flatMap((member) => propertyOf(member) ?? []);
  if (properties.length === 0) return [];
  const isOptions = kind !== "class" && properties.some(({ isOptional }) => isOptional);
  return isOptions
    ? [
        table(
          ["name", "type", "default", "what"],
          properties.map((each) => optionRow(each, links)),
        ),
      ]
    : [
        table(
          ["name", "type", "what"],
          properties.map((each) => propertyRow(each, links)),
        ),
      ];
}

function propertyRow({ name, type, docs }: Property, links: Links): string[] {
  return [code(name), linked(type, links), what(docs, links)];
}

/** The code of a type, which leads to the one name of the page in it. */
function linked(type: string, { to }: Links): string {
  const names = type.replaceAll(/"[^"]*"/g, "").match(/\w+/g) ?? [];
  const [only, ...others] = new Set(names.flatMap((name) => to(name) ?? []));
  return only === undefined || others.length > 0 ? code(type) : `[${code(type)}](${only})`;
}

function optionRow(property: Property, links: Links): string[] {
  const [name = "", type = "", text = ""] = propertyRow(property, links);
  return [name, type, fallback(property, links), text];
}

function fallback({ isOptional, isReadonly, docs }: Property, links: Links): string {
  const [written] = tagsOf(docs, "default");
  if (written === undefined && isOptional) return "none";
  if (written === undefined) return isReadonly ? "always there" : "**required**";
  return VALUE.test(written) ? code(written) : links.prose(oneLine(written));
}

/** A default that is written as code, such as `10`, `"SRV"` or `Math.random`. */
const VALUE = /^("[^"]*"|\d+|true|false|Infinity|\w+\.\w+|\w+\(\)|\{.*\}|\[.*\])$/s;

function callTable(members: readonly ApiMember[], links: Links): string[] {
  // A constructor without a docstring is told by its class.
  const calls = members.filter(
    (member) => propertyOf(member) === undefined && hasText(member.docs),
  );
  if (calls.length === 0) return [];
  const rows = calls.map(({ name, signature, docs }) => [
    code(callName(name, signature)),
    what(docs, links),
    tagsOf(docs, "throws")
      .map((text) => oneLine(failure(text, links)))
      .join("<br>") || "none",
  ]);
  return [table(["method", "what", "errors"], rows)];
}

const hasText = ({ text, tags }: ApiDocs): boolean => text !== "" || tags.length > 0;

/** How a method is written in a call. */
function callName(name: string, signature: string): string {
  const isStatic = signature.startsWith("static ");
  if (name === "constructor") return "constructor()";
  if (name === "new") return "new ()";
  return name === "()" ? "()" : `${isStatic ? "static " : ""}${name}()`;
}

/** What a member is, with its parameters, in one cell. */
function what(docs: ApiDocs, links: Links): string {
  const lines = [
    links.prose(docs.text),
    ...tagsOf(docs, "param").map((text) => parameter(text, links)),
    ...tagsOf(docs, "returns").map((text) => `Returns ${links.prose(text)}`),
    ...tagsOf(docs, "see").map(source),
  ];
  return lines
    .map(oneLine)
    .filter((line) => line !== "")
    .join("<br>");
}

function parameter(text: string, links: Links): string {
  const [, name = "", rest = ""] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  return `${code(name)}: ${links.prose(rest)}`;
}

/** `{SrvDialError} ERR_SRV_CLOSED when …`, or what stands in place of it. */
function failure(text: string, links: Links): string {
  const [, type, rest = ""] = /^(?:\{(\w+)\}\s*)?(.*)$/s.exec(text) ?? [];
  return links.prose(type === undefined ? rest : `\`${type}\` ${rest}`);
}

function inherited({ name }: ApiName, { prose }: Links): string {
  return `Also all of ${prose(code(name))}.`;
}

const source = (text: string): string => (/^https?:\S+$/.test(text) ? `<${text}>` : text);

const code = (text: string): string => `\`${text}\``;

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ").trim();

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [tableRow(head), tableRow(head.map(() => "-")), ...rows.map(tableRow)].join("\n");
}

const tableRow = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
