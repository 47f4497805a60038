import type { IncomingMessage } from "node:http";
import type { ListenerAction, ListenerPlan, RuleCondition } from "../terraform/plan/plan.ts";

type Asked = Pick<IncomingMessage, "method" | "url" | "headers">;

/**
 * The first rule whose conditions all match the request; the listener with its default action if no rule matches.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
export function ruleFor(
  listener: ListenerPlan,
  asked: Asked,
): { readonly address: string; readonly action: ListenerAction } {
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
 * Matches a pattern: `*` is any text, `?` is one character.
 * @param flags `i` to ignore case
 */
function matches(pattern: string, text: string, flags = ""): boolean {
  const source = pattern
    .replaceAll(/[\\^$.+()[\]{}|]/g, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, `s${flags}`).test(text);
}
