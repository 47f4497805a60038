import { Scanner } from "./scanner.ts";
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
 * Parses a template: literal text with `${...}` and directives in it.
 * @throws HarnessError ERR_TEMPLATE for invalid syntax
 */
export function parseTemplate(text: string): Template {
  return new Parser(text).template();
}

/** Parses a single expression, such as the type of a variable. @throws HarnessError */
export function parseExpression(text: string): Expression {
  return new Parser(text).whole();
}

const EMPTY: Template = { kind: "template", parts: [] };

/** A recursive-descent parser. */
class Parser extends Scanner {
  /** Whether the call that was just read ends with `...`. */
  #isExpanded = false;

  whole(): Expression {
    const expression = this.#expression();
    this.skipSpace();
    if (this.at < this.text.length) this.fail("the end");
    return expression;
  }

  /** Parses up to the end of the text, or up to the closing quote inside an expression. */
  template(quoted = false): Template {
    const template = this.#parts(quoted);
    if (!this.#ended(quoted)) this.fail("no directive without its begin");
    return template;
  }

  /** Parses up to the end, or up to a directive that ends or continues another. */
  #parts(quoted: boolean): Template {
    const parts: (string | Expression)[] = [];
    let literal = "";
    const flush = (isTrimmed: boolean): void => {
      const text = isTrimmed ? literal.trimEnd() : literal;
      if (text !== "") parts.push(text);
      literal = "";
    };
    while (!this.#ended(quoted)) {
      if (this.take("$${")) literal += "${";
      else if (this.take("%%{")) literal += "%{";
      else if (this.match(/%\{(?=~?\s*(?:else|endif|endfor)\b)/y) !== undefined) {
        this.at -= 2;
        flush(this.peek("%{~"));
        return { kind: "template", parts };
      } else if (this.take("%{")) {
        flush(this.take("~"));
        parts.push(this.#directive(quoted));
      } else if (this.take("${")) {
        flush(this.take("~"));
        parts.push(this.#expression());
        this.#end();
      } else literal += quoted && this.peek("\\") ? this.#escape() : this.text[this.at++];
    }
    flush(false);
    return { kind: "template", parts };
  }

  /** The end of an interpolation or a directive; `~` removes the space after it. */
  #end(): void {
    this.skipSpace();
    const isTrimmed = this.take("~");
    this.expect("}");
    if (isTrimmed) this.match(/\s+/y);
  }

  /** https://developer.hashicorp.com/terraform/language/expressions/strings#directives */
  #directive(quoted: boolean): Expression {
    this.skipSpace();
    if (this.match(/if\b/y) !== undefined) {
      const condition = this.#expression();
      this.#end();
      const whenTrue = this.#parts(quoted);
      const whenFalse = this.#isNext("else") ? this.#parts(quoted) : EMPTY;
      if (!this.#isNext("endif")) this.fail("%{ endif }");
      return { kind: "conditional", condition, whenTrue, whenFalse };
    }
    if (this.match(/for\b/y) === undefined) this.fail("if or for");
    const first = this.#name();
    this.skipSpace();
    const second = this.take(",") ? this.#name() : undefined;
    this.expect("in");
    const collection = this.#expression();
    this.#end();
    const result = this.#parts(quoted);
    if (!this.#isNext("endfor")) this.fail("%{ endfor }");
    const key = second === undefined ? undefined : first;
    const rest = { resultKey: undefined, condition: undefined };
    const each = { kind: "for", key, value: second ?? first, collection, result, ...rest } as const;
    return { kind: "call", name: "join", args: [EMPTY, each] };
  }

  /** Whether the next directive is this word. Takes it. */
  #isNext(word: "else" | "endif" | "endfor"): boolean {
    if (this.match(new RegExp(`%\\{~?\\s*${word}\\b`, "y")) === undefined) return false;
    this.#end();
    return true;
  }

  #ended(quoted: boolean): boolean {
    return this.at >= this.text.length || (quoted && this.peek('"'));
  }

  #expression(): Expression {
    const condition = this.#binary(0);
    this.skipSpace();
    if (!this.take("?")) return condition;
    const whenTrue = this.#expression();
    this.expect(":");
    return { kind: "conditional", condition, whenTrue, whenFalse: this.#expression() };
  }

  #binary(level: number): Expression {
    const operators = PRECEDENCE[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      this.skipSpace();
      const operator = operators.find((each) => this.#takeOperator(each));
      if (operator === undefined) return left;
      left = { kind: "binary", operator, left, right: this.#binary(level + 1) };
    }
  }

  /** `%{` in quoted text and `//` are not operators. */
  #takeOperator(operator: BinaryOperator): boolean {
    return !/^(?:%\{|\/[/*])/.test(this.text.slice(this.at, this.at + 2)) && this.take(operator);
  }

  #unary(): Expression {
    this.skipSpace();
    if (this.peek("!") || this.peek("-")) {
      const operator = this.text[this.at++] === "!" ? "!" : "-";
      return { kind: "unary", operator, operand: this.#unary() };
    }
    return this.#postfix(this.#primary());
  }

  #primary(): Expression {
    if (this.take('"')) return this.#quoted();
    if (this.take("(")) return this.#parenthesized();
    if (this.take("[")) return this.#forExpression("]") ?? this.#list();
    if (this.take("{")) return this.#forExpression("}") ?? this.#object();
    const number = this.match(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (number !== undefined) return { kind: "literal", value: Number(number) };
    const word = this.match(NAME);
    if (word === undefined) throw this.unsupported(`"${this.text.slice(this.at)}"`);
    if (this.take("(")) return this.#call(word);
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
      if (this.take("[*]") || this.take(".*")) steps.push(SPLAT);
      else if (this.peek("...")) return steps;
      else if (this.take(".")) {
        steps.push(this.match(/[\w-]+/y) ?? this.fail("an attribute's name"));
      } else if (this.take("[")) {
        steps.push({ index: this.#expression() });
        this.expect("]");
      } else return steps;
    }
  }

  #parenthesized(): Expression {
    const inner = this.#expression();
    this.expect(")");
    return inner;
  }

  #call(name: string): Expression {
    const args = this.#items(")");
    const isExpanded = this.#isExpanded;
    this.#isExpanded = false;
    return { kind: "call", name, args, ...(isExpanded && { isExpanded }) };
  }

  #list(): Expression {
    return { kind: "list", items: this.#items("]") };
  }

  #items(end: string): Expression[] {
    const items: Expression[] = [];
    for (this.skipSpace(); !this.take(end); this.skipSpace()) {
      items.push(this.#expression());
      this.skipSpace();
      if (end === ")" && this.take("...")) {
        this.expect(end);
        this.#isExpanded = true;
        return items;
      }
      if (!this.take(",") && !this.peek(end)) this.fail(`"${end}"`);
    }
    return items;
  }

  #object(): Expression {
    const entries: [Expression, Expression][] = [];
    for (this.skipSpace(); !this.take("}"); this.skipSpace()) {
      const key = this.#key();
      this.skipSpace();
      if (!this.take("=") && !this.take(":")) this.fail('"="');
      entries.push([key, this.#expression()]);
      this.skipSpace();
      this.take(",");
    }
    return { kind: "object", entries };
  }

  /** A name is a literal key. In parentheses it is an expression. */
  #key(): Expression {
    if (this.take('"')) return this.#quoted();
    if (this.take("(")) return this.#parenthesized();
    return { kind: "literal", value: this.match(/[\w-]+/y) ?? this.fail("a key") };
  }

  #forExpression(end: "]" | "}"): Expression | undefined {
    this.skipSpace();
    if (this.match(/for\b(?=\s+[A-Za-z_][\w-]*\s*(?:,|\s+in\b))/y) === undefined) return undefined;
    const first = this.#name();
    this.skipSpace();
    const second = this.take(",") ? this.#name() : undefined;
    this.expect("in");
    const collection = this.#expression();
    this.expect(":");
    const made = this.#expression();
    this.skipSpace();
    const result = end === "}" && this.take("=>") ? this.#expression() : undefined;
    if ((end === "}") !== (result !== undefined)) this.fail('"=>"');
    this.skipSpace();
    const isGrouped = this.take("...");
    this.skipSpace();
    const condition = this.match(/if\b/y) === undefined ? undefined : this.#expression();
    this.expect(end);
    return {
      kind: "for",
      key: second === undefined ? undefined : first,
      value: second ?? first,
      collection,
      resultKey: result === undefined ? undefined : made,
      result: result ?? made,
      condition,
      ...(isGrouped && { isGrouped }),
    };
  }

  #name(): string {
    this.skipSpace();
    return this.match(NAME) ?? this.fail("a name");
  }

  #quoted(): Template {
    const template = this.template(true);
    this.expect('"');
    return template;
  }

  #escape(): string {
    const escaped = this.text.slice(this.at, this.at + 2);
    this.at += 2;
    return { "\\n": "\n", "\\t": "\t", "\\r": "\r" }[escaped] ?? escaped.slice(1);
  }
}
