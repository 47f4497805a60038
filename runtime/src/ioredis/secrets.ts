import { inspect } from "node:util";
import type { Redis } from "ioredis";

const HIDDEN = "[hidden]";
/** Commands that carry the password; ioredis attaches a failed command to its error. */
const TELLING = ["auth", "hello"];

/** An error of ioredis with the command that Redis refused. */
interface CommandError extends Error {
  command?: { name: string; args: unknown[] };
}

type CommandItem = Parameters<Redis["handleReconnection"]>[1];

/**
 * Hides a client's password when the client or its options are inspected, and in the error of a
 * command that carried it. Its duplicates hide it too.
 */
export function hideSecrets(redis: Redis): Redis {
  const { options } = redis;
  const duplicate = redis.duplicate.bind(redis);
  const handleReconnection = redis.handleReconnection.bind(redis);
  setHidden(options, { [inspect.custom]: () => ({ ...options, password: HIDDEN }) });
  setHidden(redis, {
    [inspect.custom]: () => `Redis <${whereOf(options)} ${redis.status}>`,
    duplicate: (...args: Parameters<Redis["duplicate"]>) => hideSecrets(duplicate(...args)),
    handleReconnection: (error: CommandError, item: CommandItem) => {
      const { command } = error;
      if (command !== undefined && TELLING.includes(command.name)) {
        error.command = { name: command.name, args: command.args.map(() => HIDDEN) };
      }
      handleReconnection(error, item);
    },
  });
  return redis;
}

/** Sets properties that are not enumerable, so that a copy of the object does not have them. */
function setHidden(object: object, properties: Record<PropertyKey, unknown>): void {
  for (const key of Reflect.ownKeys(properties)) {
    const value = properties[key];
    Object.defineProperty(object, key, { value, configurable: true, writable: true });
  }
}

function whereOf({ tls, host, Connector }: Redis["options"]): string {
  const scheme = `redis${tls === undefined ? "" : "s"}${Connector === undefined ? "" : "+srv"}`;
  return `${scheme}://${host}`;
}
