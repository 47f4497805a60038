import * as fc from "fast-check";
import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import type { SrvDialerOptions } from "../../../runtime/src/base/types.ts";
import { buildQuery } from "../../../runtime/src/dns/message.ts";
import { checkRefusal } from "../redis/urls.property.ts";

const label = fc.oneof(
  fc.stringMatching(/^[a-z0-9_-]{1,63}$/),
  fc.constantFrom(
    "",
    "a".repeat(64),
    "é",
    "_redis",
    "10",
    "a b",
    "\0",
    "\n",
    "*",
    "xn--",
    "🎲",
    "\\.",
  ),
);
const names = fc.oneof(
  fc.constantFrom("dev-redis.dev-ecs", "_redis._tcp.example.com."),
  fc
    .tuple(fc.array(label, { maxLength: 6 }), fc.constantFrom("", ".", ".."))
    .map(([labels, end]) => `${labels.join(".")}${end}`),
  fc.anything(),
);

const OPTIONS = [
  "resolver",
  "timeout",
  "wait",
  "verify",
  "recheck",
  "attemptDelay",
  "family",
  "cache",
  "tls",
  "noDelay",
  "keepAlive",
  "keepAliveInitialDelay",
  "localAddress",
  "servername",
  "cooldown",
  "random",
  "clock",
  "nonsense",
] as const satisfies readonly (keyof SrvDialerOptions | "clock" | "nonsense")[];
const value = fc.oneof(
  fc.constantFrom<unknown>(0, 1, -1, 0.5, 250, 2 ** 31, Number.NaN, Infinity, 1n, "1", "", "::1"),
  fc.constantFrom<unknown>(
    true,
    false,
    null,
    [],
    {},
    { minTtl: 5, maxTtl: 1 },
    Symbol("s"),
    Math.random,
  ),
  fc.anything({ maxDepth: 1 }),
);
const options = fc.oneof(
  fc.dictionary(fc.constantFrom(...OPTIONS), value, { maxKeys: 3 }),
  fc.anything({ maxDepth: 1 }),
);

/** Any name and options create a dialer that can query the name, or throw a documented error. */
export function anyArguments(): fc.IPropertyWithHooks<[unknown, unknown]> {
  return fc.property(names, options, (name, given) => {
    let made: ReturnType<typeof createSrvDialer>;
    try {
      made = createSrvDialer(name as string, given as SrvDialerOptions);
    } catch (error) {
      return checkRefusal(error);
    }
    made.close();
    buildQuery({ name: made.name, type: "SRV" }, { edns: true });
  });
}
