import { inspect } from "node:util";
import type { Redis } from "ioredis";
import { isRecord } from "../base/checks.ts";

const HIDDEN = "[hidden]";
/** Fields that hold a secret: of ioredis's options, of its `condition`, and of TLS options. */
const SECRETS = ["password", "sentinelPassword", "auth", "key", "passphrase", "pfx"];
/** Commands that carry the password; ioredis attaches a failed command to its error. */
const TELLING = ["auth", "hello"];

/** An error of ioredis with the command that Redis refused. */
interface CommandError extends Error {
  command?: { name: string; args: unknown[] };
}

/** What is private in ioredis's types, in those of its oldest versions at least. */
interface Internals {
  /** What a connection was made with, a new object for each. */
  condition: object | undefined;
  /** Gets the error of every command before its caller does. */
  handleReconnection(error: CommandError, item: unknown): void;
}

/**
 * Hides a client's secrets when the client, its options or its state are inspected or written as JSON,
 * and in the error of a command that carried the password. Its duplicates hide them too.
 */
export function hideSecrets(redis: Redis): Redis {
  const { options } = redis;
  const duplicate = redis.duplicate.bind(redis);
  showAs(redis, () => `Redis <${whereOf(options)} ${redis.status}>`);
  showAs(options, () => withoutSecrets(options));
  setHidden(redis, {
    duplicate: (...args: Parameters<Redis["duplicate"]>) => hideSecrets(duplicate(...args)),
  });
  hideInternals(redis as object as Internals);
  return redis;
}

function hideInternals(redis: Internals): void {
  const handleReconnection = redis.handleReconnection.bind(redis);
  setHidden(redis, {
    handleReconnection: (error: CommandError, item: unknown) => {
      const { command } = error;
      // `call` leaves the name of a command as the caller wrote it.
      if (command !== undefined && TELLING.includes(command.name.toLowerCase())) {
        error.command = { name: command.name, args: command.args.map(() => HIDDEN) };
      }
      handleReconnection(error, item);
    },
  });
  let condition = hideCondition(redis.condition);
  Object.defineProperty(redis, "condition", {
    get: () => condition,
    set: (value: Internals["condition"]) => {
      condition = hideCondition(value);
    },
    configurable: true,
    enumerable: true,
  });
}

function hideCondition(condition: Internals["condition"]): Internals["condition"] {
  if (isRecord(condition)) showAs(condition, () => withoutSecrets(condition));
  return condition;
}

/** Shows something else in the place of an object: for `console.log` and the like, and as JSON. */
function showAs(object: object, shown: () => unknown): void {
  setHidden(object, { [inspect.custom]: shown, toJSON: shown });
}

/** Sets properties that are not enumerable, so that a copy of the object does not have them. */
function setHidden(object: object, properties: Record<PropertyKey, unknown>): void {
  for (const key of Reflect.ownKeys(properties)) {
    const value = properties[key];
    Object.defineProperty(object, key, { value, configurable: true, writable: true });
  }
}

/** A copy that hides the secrets which are set, those of TLS too. */
function withoutSecrets(fields: object): object {
  const shown = Object.entries(fields).map(([name, value]: [string, unknown]) => {
    if (name === "tls" && isRecord(value)) return [name, withoutSecrets(value)];
    return [name, SECRETS.includes(name) && value ? HIDDEN : value];
  });
  return Object.fromEntries(shown) as object;
}

function whereOf({ tls, host, Connector }: Redis["options"]): string {
  const scheme = `redis${tls === undefined ? "" : "s"}${Connector === undefined ? "" : "+srv"}`;
  return `${scheme}://${host}`;
}
