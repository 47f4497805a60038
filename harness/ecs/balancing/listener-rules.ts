import type { IncomingMessage } from "node:http";
import type { ListenerAction, ListenerPlan, RuleCondition } from "../terraform/plan/plan.ts";

type Asked = Pick<IncomingMessage, "method" | "url" | "headers">;

/**
 * The first rule whose conditions all match the request; the listener with its default action if no rule matches.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export function ruleFor(listener: ListenerPlan, asked: Asked): { readonly action: ListenerAction } {
  const { rules } = listener;
  const rule = rules.find(({ conditions }) => conditions.every((each) => isMet(each, asked)));
  return rule ?? listener;
}

function isMet(condition: RuleCondition, { method = "", url = "/", headers }: Asked): boolean {
  const [path = "/", query = ""] = url.split(/\?(.*)/s);
  switch (condition.type) {
    case "path":
      return condition.values.some((pattern) => matches(pattern, path));
    case "host":
      return condition.values.some((pattern) => matches(pattern, hostOf(headers.host), "i"));
    case "method":
      return condition.values.includes(method);
    case "header": {
      const given = [headers[condition.name.toLowerCase()] ?? []].flat();
      return condition.values.some((pattern) => given.some((text) => matches(pattern, text, "i")));
    }
    case "query":
      return condition.values.some(({ key, value }) =>
        [...new URLSearchParams(query)].some(
          ([name, text]) =>
            (key === undefined || matches(key, name, "i")) && matches(value, text, "i"),
        ),
      );
    default:
      return condition satisfies never;
  }
}

/** The host without its port. */
const hostOf = (host = ""): string => host.replace(/:\d+$/, "");

/**
 * Matches a pattern: `*` is any text, `?` is one character. Not a regular expression, which takes minutes for many `*`.
 * @param flags `i` to ignore case
 */
function matches(given: string, text: string, flags = ""): boolean {
  const [pattern, wanted] =
    flags === "i" ? [given.toLowerCase(), text.toLowerCase()] : [given, text];
  let at = 0;
  /** The last `*`, and where the text goes on that it does not stand for. */
  let star = -1;
  let rest = 0;
  for (let index = 0; index < wanted.length;) {
    if (pattern[at] === "*") {
      star = at++;
      rest = index;
    } else if (pattern[at] === "?" || pattern[at] === wanted[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++rest;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}
