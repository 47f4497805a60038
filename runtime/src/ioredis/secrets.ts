import { inspect } from "node:util";
import type { Command, Redis } from "ioredis";
import { isRecord } from "../base/checks.ts";

const HIDDEN = "[hidden]";
/** Commands that may have a password among their arguments. */
const SECRET_COMMANDS = /^(auth|hello|migrate|acl|config)$/i;
/** Fields with secrets in the options of ioredis, in its `condition`, and in TLS options. */
const SECRETS = ["password", "sentinelPassword", "auth", "key", "passphrase", "pfx"];

/** A class of clients that hide their secrets when they are shown, in errors and in duplicates: of ioredis or iovalkey. */
export function discreet(Client: typeof Redis): new (given: object) => Redis {
  return class DiscreetRedis extends Client {
    constructor(given: object) {
      super(given);
      const { options } = this;
      const scheme = `redis${options.tls ? "s" : ""}${options.Connector ? "+srv" : ""}`;
      showAs(this, () => `Redis <${scheme}://${options.host} ${this.status}>`);
      showAs(options, () => withoutSecrets(options));
      // ioredis makes a new one, with the password, for each connection.
      let condition: object | undefined;
      const set = (value?: object): void => {
        condition = value && showAs(value, () => withoutSecrets(value));
      };
      set(Reflect.get(this, "condition") as object | undefined);
      Object.defineProperty(this, "condition", { get: () => condition, set, enumerable: true });
    }

    override duplicate(...[override]: Parameters<Redis["duplicate"]>): Redis {
      return new DiscreetRedis({ ...this.options, ...override });
    }

    override sendCommand(command: Command, ...more: unknown[]): unknown {
      const { name, args, reject } = command;
      if (SECRET_COMMANDS.test(name)) {
        const hidden = args.map(() => HIDDEN);
        showAs(args, () => hidden);
        command.reject = (error: Error & { command?: object }) => {
          if (error.command) error.command = { name, args: hidden };
          reject(error);
        };
      }
      return super.sendCommand(command, ...(more as []));
    }
  };
}

/** Replaces an object's representation in `console.log` and in JSON, but not that of its copies. */
function showAs<T extends object>(object: T, shown: () => unknown): T {
  const property = { value: shown, configurable: true };
  return Object.defineProperties(object, { [inspect.custom]: property, toJSON: property });
}

/** A copy with hidden secrets, including those of TLS. */
function withoutSecrets(fields: object): object {
  const shown = Object.entries(fields).map(([name, value]: [string, unknown]) => {
    if (name === "tls" && isRecord(value)) return [name, withoutSecrets(value)];
    return [name, SECRETS.includes(name) && value ? HIDDEN : value];
  });
  return Object.fromEntries(shown) as object;
}
