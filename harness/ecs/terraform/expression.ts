import { HarnessError } from "../base/errors.ts";

/** A reference's parts: `aws_lb.app.arn` is `["aws_lb", "app", "arn"]`, indices are numbers. */
export type Reference = readonly (string | number)[];

/** Returns the value of a reference. */
export type Lookup = (reference: Reference) => unknown;

type Builtin = (...args: readonly unknown[]) => unknown;

/** The functions that stacks use: https://developer.hashicorp.com/terraform/language/functions */
const FUNCTIONS: Readonly<Record<string, Builtin>> = {
  base64encode: (text) => Buffer.from(asText(text)).toString("base64"),
  jsonencode: (value) => JSON.stringify(value),
  jsondecode: decode,
  join: (separator, list) => asList(list).map(asText).join(asText(separator)),
  element: (list, index) => asList(list)[Number(index) % asList(list).length],
  tostring: asText,
};

/** As in Terraform, text can hold text, numbers and booleans only. */
function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new HarnessError("ERR_TEMPLATE", `${nameOf(value)} cannot be put into text`);
}

function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new HarnessError("ERR_TEMPLATE", `${nameOf(value)} stands where a list is expected`);
}

function nameOf(value: unknown): string {
  if (value === undefined) return "a value that is not there";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function decode(text: unknown): unknown {
  try {
    return JSON.parse(asText(text));
  } catch (error) {
    // The text may be a secret.
    if (error instanceof HarnessError) throw error;
    throw new HarnessError("ERR_TEMPLATE", "the text given to jsondecode() is no JSON");
  }
}

/**
 * Evaluates a Terraform template string: literal text with `${...}` interpolations.
 * As in Terraform, a template of a single interpolation keeps the type of its value.
 * https://developer.hashicorp.com/terraform/language/expressions/strings
 * @throws HarnessError ERR_UNSUPPORTED for directives, operators and functions it does not know
 */
export function evaluateTemplate(template: string, lookup: Lookup): unknown {
  const parser = new Parser(template, lookup);
  const parts = parser.template();
  return parts.length === 1 ? parts[0] : parts.map(asText).join("");
}

/** A recursive-descent parser that evaluates while it parses. */
class Parser {
  readonly #text: string;
  readonly #lookup: Lookup;
  #at = 0;

  constructor(text: string, lookup: Lookup) {
    this.#text = text;
    this.#lookup = lookup;
  }

  /** Up to the end of the text, or up to the closing quote inside an expression. */
  template(quoted = false): unknown[] {
    const parts: unknown[] = [];
    let literal = "";
    const flush = (): void => {
      if (literal !== "") parts.push(literal);
      literal = "";
    };
    while (!this.#ended(quoted)) {
      if (this.#take("$${")) literal += "${";
      else if (this.#take("%%{")) literal += "%{";
      else if (this.#peek("%{")) throw this.#unsupported("template directives (%{ ... })");
      else if (this.#take("${")) {
        flush();
        parts.push(this.#expression());
        this.#expect("}");
      } else literal += quoted && this.#peek("\\") ? this.#escape() : this.#text[this.#at++];
    }
    flush();
    return parts.length === 0 ? [""] : parts;
  }

  #ended(quoted: boolean): boolean {
    return this.#at >= this.#text.length || (quoted && this.#peek('"'));
  }

  #expression(): unknown {
    const value = this.#primary();
    this.#skipSpace();
    const operator = /^(?:[-+*/%?<>]|==|!=|&&|\|\|)/.exec(this.#text.slice(this.#at))?.[0];
    if (operator !== undefined) throw this.#unsupported(`the operator ${operator}`);
    return value;
  }

  #primary(): unknown {
    this.#skipSpace();
    if (this.#take('"')) return this.#quoted();
    if (this.#take("[")) return this.#list("]");
    if (this.#take("{")) return this.#object();
    const number = this.#match(/-?\d+(?:\.\d+)?/y);
    if (number !== undefined) return Number(number);
    const word = this.#match(/[A-Za-z_][\w-]*/y);
    if (word === undefined) throw this.#unsupported(`"${this.#text.slice(this.#at)}"`);
    if (this.#take("(")) return this.#call(word);
    if (word === "true" || word === "false") return word === "true";
    if (word === "null") return null;
    return this.#lookup([word, ...this.#path()]);
  }

  #path(): (string | number)[] {
    const path: (string | number)[] = [];
    for (;;) {
      if (this.#take(".")) path.push(this.#match(/[\w-]+/y) ?? this.#fail("an attribute's name"));
      else if (this.#take("[")) {
        const index = this.#expression();
        if (typeof index !== "number" && typeof index !== "string") throw this.#unsupported("[*]");
        path.push(index);
        this.#expect("]");
      } else return path.map((part) => (/^\d+$/.test(String(part)) ? Number(part) : part));
    }
  }

  #call(name: string): unknown {
    const builtin = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (!builtin) throw this.#unsupported(`the function ${name}()`);
    const value = builtin(...this.#list(")"));
    if (value === undefined) this.#fail(`a value of ${name}()`);
    return value;
  }

  #list(end: string): unknown[] {
    const items: unknown[] = [];
    for (this.#skipSpace(); !this.#take(end); this.#skipSpace()) {
      items.push(this.#expression());
      this.#skipSpace();
      if (!this.#take(",") && !this.#peek(end)) this.#fail(`"${end}"`);
    }
    return items;
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (this.#skipSpace(); !this.#take("}"); this.#skipSpace()) {
      const key =
        (this.#take('"') ? this.#quoted() : this.#match(/[A-Za-z_][\w-]*/y)) ?? this.#fail("a key");
      this.#skipSpace();
      if (!this.#take("=") && !this.#take(":")) this.#fail('"="');
      object[key] = this.#expression();
      this.#skipSpace();
      this.#take(",");
    }
    return object;
  }

  #quoted(): string {
    const parts = this.template(true);
    this.#expect('"');
    return parts.map(asText).join("");
  }

  #escape(): string {
    const escaped = this.#text.slice(this.#at, this.#at + 2);
    this.#at += 2;
    return { "\\n": "\n", "\\t": "\t", "\\r": "\r" }[escaped] ?? escaped.slice(1);
  }

  #skipSpace(): void {
    this.#match(/\s+/y);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #peek(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    const found = this.#peek(text);
    if (found) this.#at += text.length;
    return found;
  }

  #expect(text: string): void {
    this.#skipSpace();
    if (!this.#take(text)) this.#fail(`"${text}"`);
  }

  #fail(wanted: string): never {
    throw new HarnessError("ERR_TEMPLATE", `expected ${wanted} at "${this.#text.slice(this.#at)}"`);
  }

  #unsupported(what: string): HarnessError {
    return new HarnessError(
      "ERR_UNSUPPORTED",
      `${what} in "${this.#text}" is not evaluated locally`,
    );
  }
}
