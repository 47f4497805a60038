/**
 * A parsed Terraform expression. Parsing comes first, because a conditional must not evaluate the other branch,
 * nor `try` the arguments after one that succeeds.
 * https://developer.hashicorp.com/terraform/language/expressions
 */
export type Expression =
  | { readonly kind: "literal"; readonly value: unknown }
  | Template
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: "reference"; readonly root: string; readonly steps: readonly Step[] }
  | { readonly kind: "access"; readonly of: Expression; readonly steps: readonly Step[] }
  | {
      readonly kind: "call";
      readonly name: string;
      readonly args: readonly Expression[];
      /** Whether the items of the last argument are the last arguments: `f(list...)`. */
      readonly isExpanded?: boolean;
    }
  | { readonly kind: "unary"; readonly operator: "!" | "-"; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: "conditional";
      readonly condition: Expression;
      readonly whenTrue: Expression;
      readonly whenFalse: Expression;
    }
  | ForExpression;

/** Text with `${...}` in it: literal parts are strings. */
export interface Template {
  readonly kind: "template";
  readonly parts: readonly (string | Expression)[];
}

/** `[for key, value in ... : result if condition]`. With `resultKey` it is an object. */
export interface ForExpression {
  readonly kind: "for";
  readonly key: string | undefined;
  readonly value: string;
  readonly collection: Expression;
  readonly resultKey: Expression | undefined;
  readonly result: Expression;
  readonly condition: Expression | undefined;
  /** Whether results with the same key become a list: `key => value...`. */
  readonly isGrouped?: boolean;
}

/** `.name`, `[index]` or `[*]` */
export type Step = string | { readonly index: Expression };

/** Every item of a list. No attribute has this name. */
export const SPLAT = "*";

/** Operators by precedence: those of a later row bind tighter. */
export const PRECEDENCE = [
  ["||"],
  ["&&"],
  ["==", "!="],
  ["<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/", "%"],
] as const;

export type BinaryOperator = (typeof PRECEDENCE)[number][number];
