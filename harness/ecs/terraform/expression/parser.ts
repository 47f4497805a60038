import { HarnessError } from "../../base/errors.ts";
import {
  PRECEDENCE,
  SPLAT,
  type BinaryOperator,
  type Expression,
  type Step,
  type Template,
} from "./syntax.ts";

const NAME = /[A-Za-z_][\w-]*/y;

/**
 * Parses a template: literal text with `${...}` in it.
 * @throws HarnessError ERR_UNSUPPORTED for directives, ERR_TEMPLATE for invalid syntax
 */
export function parseTemplate(text: string): Template {
  return new Parser(text).template();
}

/** Parses a single expression, such as the type of a variable. @throws HarnessError */
export function parseExpression(text: string): Expression {
  return new Parser(text).whole();
}

/** A recursive-descent parser. */
class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Expression {
    const expression = this.#expression();
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail("the end");
    return expression;
  }

  /** Parses up to the end of the text, or up to the closing quote inside an expression. */
  template(quoted = false): Template {
    const parts: (string | Expression)[] = [];
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
    return { kind: "template", parts };
  }

  #ended(quoted: boolean): boolean {
    return this.#at >= this.#text.length || (quoted && this.#peek('"'));
  }

  #expression(): Expression {
    const condition = this.#binary(0);
    this.#skipSpace();
    if (!this.#take("?")) return condition;
    const whenTrue = this.#expression();
    this.#expect(":");
    return { kind: "conditional", condition, whenTrue, whenFalse: this.#expression() };
  }

  #binary(level: number): Expression {
    const operators = PRECEDENCE[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      this.#skipSpace();
      const operator = operators.find((each) => this.#takeOperator(each));
      if (operator === undefined) return left;
      left = { kind: "binary", operator, left, right: this.#binary(level + 1) };
    }
  }

  /** `%{` in quoted text and `//` are not operators. */
  #takeOperator(operator: BinaryOperator): boolean {
    return (
      !/^(?:%\{|\/[/*])/.test(this.#text.slice(this.#at, this.#at + 2)) && this.#take(operator)
    );
  }

  #unary(): Expression {
    this.#skipSpace();
    if (this.#peek("!") || this.#peek("-")) {
      const operator = this.#text[this.#at++] === "!" ? "!" : "-";
      return { kind: "unary", operator, operand: this.#unary() };
    }
    return this.#postfix(this.#primary());
  }

  #primary(): Expression {
    if (this.#take('"')) return this.#quoted();
    if (this.#take("(")) return this.#parenthesized();
    if (this.#take("[")) return this.#forExpression("]") ?? this.#list();
    if (this.#take("{")) return this.#forExpression("}") ?? this.#object();
    const number = this.#match(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (number !== undefined) return { kind: "literal", value: Number(number) };
    const word = this.#match(NAME);
    if (word === undefined) throw this.#unsupported(`"${this.#text.slice(this.#at)}"`);
    if (this.#take("(")) return { kind: "call", name: word, args: this.#items(")") };
    if (word === "true" || word === "false") return { kind: "literal", value: word === "true" };
    if (word === "null") return { kind: "literal", value: null };
    return { kind: "reference", root: word, steps: this.#steps() };
  }

  #postfix(of: Expression): Expression {
    if (of.kind === "reference") return of;
    const steps = this.#steps();
    return steps.length === 0 ? of : { kind: "access", of, steps };
  }

  #steps(): Step[] {
    const steps: Step[] = [];
    for (;;) {
      if (this.#take("[*]") || this.#take(".*")) steps.push(SPLAT);
      else if (this.#take(".")) {
        steps.push(this.#match(/[\w-]+/y) ?? this.#fail("an attribute's name"));
      } else if (this.#take("[")) {
        steps.push({ index: this.#expression() });
        this.#expect("]");
      } else return steps;
    }
  }

  #parenthesized(): Expression {
    const inner = this.#expression();
    this.#expect(")");
    return inner;
  }

  #list(): Expression {
    return { kind: "list", items: this.#items("]") };
  }

  #items(end: string): Expression[] {
    const items: Expression[] = [];
    for (this.#skipSpace(); !this.#take(end); this.#skipSpace()) {
      items.push(this.#expression());
      this.#skipSpace();
      if (!this.#take(",") && !this.#peek(end)) this.#fail(`"${end}"`);
    }
    return items;
  }

  #object(): Expression {
    const entries: [Expression, Expression][] = [];
    for (this.#skipSpace(); !this.#take("}"); this.#skipSpace()) {
      const key = this.#key();
      this.#skipSpace();
      if (!this.#take("=") && !this.#take(":")) this.#fail('"="');
      entries.push([key, this.#expression()]);
      this.#skipSpace();
      this.#take(",");
    }
    return { kind: "object", entries };
  }

  /** A name is a literal key. In parentheses it is an expression. */
  #key(): Expression {
    if (this.#take('"')) return this.#quoted();
    if (this.#take("(")) return this.#parenthesized();
    return { kind: "literal", value: this.#match(/[\w-]+/y) ?? this.#fail("a key") };
  }

  #forExpression(end: "]" | "}"): Expression | undefined {
    this.#skipSpace();
    if (this.#match(/for\b(?=\s+[A-Za-z_][\w-]*\s*(?:,|\s+in\b))/y) === undefined) return undefined;
    const first = this.#name();
    this.#skipSpace();
    const second = this.#take(",") ? this.#name() : undefined;
    this.#expect("in");
    const collection = this.#expression();
    this.#expect(":");
    const made = this.#expression();
    this.#skipSpace();
    const result = end === "}" && this.#take("=>") ? this.#expression() : undefined;
    if ((end === "}") !== (result !== undefined)) this.#fail('"=>"');
    this.#skipSpace();
    const condition = this.#match(/if\b/y) === undefined ? undefined : this.#expression();
    this.#expect(end);
    return {
      kind: "for",
      key: second === undefined ? undefined : first,
      value: second ?? first,
      collection,
      resultKey: result === undefined ? undefined : made,
      result: result ?? made,
      condition,
    };
  }

  #name(): string {
    this.#skipSpace();
    return this.#match(NAME) ?? this.#fail("a name");
  }

  #quoted(): Template {
    const template = this.template(true);
    this.#expect('"');
    return template;
  }

  #escape(): string {
    const escaped = this.#text.slice(this.#at, this.#at + 2);
    this.#at += 2;
    return { "\\n": "\n", "\\t": "\t", "\\r": "\r" }[escaped] ?? escaped.slice(1);
  }

  /** Skips white space and comments. */
  #skipSpace(): void {
    this.#match(/(?:\s+|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)+/y);
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
