import { inspect } from "node:util";
import type { Redis } from "ioredis";
import { isRecord } from "../base/checks.ts";

const HIDDEN = "[hidden]";
/** Fields with secrets in the options of ioredis, in its `condition`, and in TLS options. */
const SECRETS = ["password", "sentinelPassword", "auth", "key", "passphrase", "pfx"];
/** Commands with the password as argument; ioredis attaches a failed command to its error. */
const PASSWORD_COMMANDS = ["auth", "hello"];

/** An error of ioredis with the command that Redis refused. */
interface CommandError extends Error {
  command?: { name: string; args: unknown[] };
}

/** Members that are private in the types of ioredis, at least in its oldest versions. */
interface Internals {
  /** The settings of a connection; a new object for each connection. */
  condition: object | undefined;
  /** Called with the error of every command before the command's caller gets it. */
  handleReconnection(error: CommandError, item: unknown): void;
}

/**
 * Hides a client's secrets if the client, its options or its state are inspected or written as JSON, and
 * in the errors of commands with a password. Duplicates of the client hide them too.
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
      // `call` keeps the case of the command name.
      if (command !== undefined && PASSWORD_COMMANDS.includes(command.name.toLowerCase())) {
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

/** Replaces an object's representation in `console.log` and in JSON. */
function showAs(object: object, shown: () => unknown): void {
  setHidden(object, { [inspect.custom]: shown, toJSON: shown });
}

/** Sets non-enumerable properties, so that a copy of the object does not have them. */
function setHidden(object: object, properties: Record<PropertyKey, unknown>): void {
  for (const key of Reflect.ownKeys(properties)) {
    const value = properties[key];
    Object.defineProperty(object, key, { value, configurable: true, writable: true });
  }
}

/** A copy with hidden secrets, including those of TLS. */
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
