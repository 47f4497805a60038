import { createHash } from "node:crypto";
import path from "node:path";
import { HarnessError } from "../../base/errors.ts";
import { asBoolean, asList, asNumber, asText, known } from "./values.ts";

const textOf = (name: string, value: unknown): string => known(`${name}()`, asText(value));

const hash =
  (algorithm: "md5" | "sha1" | "sha256") =>
  (text: unknown): string =>
    createHash(algorithm).update(textOf(algorithm, text)).digest("hex");

/** https://developer.hashicorp.com/terraform/language/functions, those about text and numbers */
export const TEXT_FUNCTIONS = {
  abs: (number: unknown) => Math.abs(asNumber(number)),
  base64decode: (text: unknown) =>
    Buffer.from(textOf("base64decode", text), "base64").toString("utf8"),
  basename: (text: unknown) => path.posix.basename(textOf("basename", text)),
  ceil: (number: unknown) => Math.ceil(asNumber(number)),
  chomp: (text: unknown) => asText(text).replace(/[\r\n]+$/, ""),
  dirname: (text: unknown) => path.posix.dirname(textOf("dirname", text)),
  endswith: (text: unknown, suffix: unknown) => textOf("endswith", text).endsWith(asText(suffix)),
  format,
  formatlist: (pattern: unknown, ...args: readonly unknown[]) =>
    asList(args.find(Array.isArray) ?? []).map((_, index) =>
      format(pattern, ...args.map((arg: unknown) => (Array.isArray(arg) ? arg[index] : arg))),
    ),
  md5: hash("md5"),
  replace,
  sha1: hash("sha1"),
  sha256: hash("sha256"),
  substr: (text: unknown, offset: unknown, length: unknown) => {
    const rest = textOf("substr", text).slice(asNumber(offset));
    return asNumber(length) < 0 ? rest : rest.slice(0, asNumber(length));
  },
  title: (text: unknown) =>
    textOf("title", text).replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()),
  tobool: asBoolean,
  trim: (text: unknown, characters: unknown) => trimmed(asText(text), asText(characters)),
  trimprefix: (text: unknown, prefix: unknown) => {
    const [whole, begin] = [textOf("trimprefix", text), asText(prefix)];
    return whole.startsWith(begin) ? whole.slice(begin.length) : whole;
  },
  trimspace: (text: unknown) => asText(text).trim(),
  trimsuffix: (text: unknown, suffix: unknown) => {
    const [whole, end] = [textOf("trimsuffix", text), asText(suffix)];
    return end !== "" && whole.endsWith(end) ? whole.slice(0, -end.length) : whole;
  },
  upper: (text: unknown) => textOf("upper", text).toUpperCase(),
  urlencode: (text: unknown) => encodeURIComponent(textOf("urlencode", text)),
} as const;

/** The verbs %s, %d, %q, %v, %t, %f and %%, with widths such as %02d. */
function format(pattern: unknown, ...args: readonly unknown[]): string {
  const left = [...args];
  return asText(pattern).replaceAll(
    /%(%|([-0]?)(\d*)(?:\.(\d+))?([a-z]))/g,
    (_, all: string, flag: string, width: string, digits: string | undefined, verb: string) => {
      if (all === "%") return "%";
      if (left.length === 0) throw new HarnessError("ERR_TEMPLATE", "format() lacks an argument");
      const text = formatted(verb, left.shift(), digits);
      const size = Number(width);
      if (flag === "-") return text.padEnd(size);
      return text.padStart(size, flag === "0" ? "0" : " ");
    },
  );
}

function formatted(verb: string, value: unknown, digits: string | undefined): string {
  switch (verb) {
    case "s":
    case "t":
      return asText(value);
    case "v":
      return typeof value === "object" ? JSON.stringify(value) : asText(value);
    case "d":
      return String(Math.trunc(asNumber(value)));
    case "f":
      return asNumber(value).toFixed(Number(digits ?? 6));
    case "q":
      return JSON.stringify(asText(value));
    default:
      throw new HarnessError("ERR_UNSUPPORTED", `%${verb} of format() is not evaluated locally`);
  }
}

/** Text between slashes is a regular expression. `$1` and `$name` are its groups. */
function replace(text: unknown, what: unknown, by: unknown): string {
  const [whole, sought, replacement] = [textOf("replace", text), asText(what), asText(by)];
  const [, pattern] = /^\/(.*)\/$/s.exec(sought) ?? [];
  if (pattern === undefined) return whole.replaceAll(sought, () => replacement);
  const groups = replacement.replaceAll(/\$\{?([A-Za-z]\w*)\}?/g, "$<$1>");
  return whole.replaceAll(new RegExp(pattern, "gu"), groups);
}

function trimmed(text: string, characters: string): string {
  let [start, end] = [0, text.length];
  while (start < end && characters.includes(text.charAt(start))) start += 1;
  while (end > start && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
