import type { Api, ApiMember, ApiName } from "../../../harness/reference/api.ts";
import { propertyOf, tagsOf } from "../../../harness/reference/shape.ts";

/** What a number is a number of. */
const UNIT =
  /\b(ms|milliseconds|seconds|minutes|days|bytes|MiB|ports?|how (many|often)|\d+ to \d+)\b/i;

/** What the docstrings of public names should say, and do not. */
export function gapsOf({ entries }: Api): string[] {
  const gaps = entries.flatMap(({ entry, names }) =>
    names.flatMap((name) => [
      ...gapsOfName(name).map((gap) => `${entry} ${name.name}: ${gap}`),
      ...name.members.flatMap((member) =>
        gapsOfMember(name, member).map((gap) => `${entry} ${name.name}.${member.name}: ${gap}`),
      ),
    ]),
  );
  return [...new Set(gaps)];
}

function gapsOfName({ kind, docs }: ApiName): string[] {
  const isCalled = kind === "function" || kind === "class";
  const isUsed = isCalled || kind === "constant";
  return [
    ...(docs.text === "" ? ["says nothing"] : []),
    ...(isCalled && tagsOf(docs, "throws").length === 0 ? ["tells no errors"] : []),
    ...(isUsed && tagsOf(docs, "example").length === 0 ? ["has no example"] : []),
  ];
}

function gapsOfMember({ kind }: ApiName, member: ApiMember): string[] {
  // Their class, or the type of a function, tells of them.
  if (member.name === "constructor" || (kind === "type" && member.name === "()")) return [];
  const { docs } = member;
  const silent = docs.text === "" ? ["says nothing"] : [];
  const property = propertyOf(member);
  if (property === undefined) {
    return [...silent, ...(tagsOf(docs, "throws").length === 0 ? ["tells no errors"] : [])];
  }
  const isNumber = /\bnumber\b/.test(property.type) && !property.type.includes("=>");
  const said = [docs.text, ...tagsOf(docs, "default")].join(" ");
  const isDefaultTold = !member.isOptional || tagsOf(docs, "default").length > 0;
  return [
    ...silent,
    ...(isNumber && !UNIT.test(said) ? ["tells no unit"] : []),
    ...(isDefaultTold ? [] : ["tells no default"]),
  ];
}
