import type { Reasons } from "../unrun.ts";
import { TYPES, RACE } from "./why.ts";

/** Of the package. */
export const ofRuntime: Reasons = {
  "runtime/src/cli/forward.ts": [
    {
      lines: ['server.on("error", (error) => complain(describeError(error)));'],
      why: "a server that listens fails only where the process may open no more files",
    },
  ],
  "runtime/src/cli/relay.ts": [
    { lines: ["if (from.destroyed) reset(to);"], why: RACE, isChance: true },
  ],
  "runtime/src/cli/stop-signals.ts": [
    {
      lines: [
        "if (next === undefined) received.push(code);",
        "if (code !== undefined) return Promise.resolve(code);",
      ],
      why: "a race: the signal comes between two calls that wait for it",
      isChance: true,
    },
  ],
  "runtime/src/dial/dial.ts": [
    { lines: ["if (!(await this.#race.needsMore())) return;"], why: RACE, isChance: true },
  ],
  "runtime/src/dns/channel.ts": [
    { lines: ['if (this.#state !== "connecting") return;'], why: RACE, isChance: true },
  ],
  "runtime/src/dns/exchange.ts": [
    {
      lines: ["if (this.#isClosed) return;"],
      why: "a race: the socket fails in the moment in which it is closed",
      isChance: true,
    },
  ],
  "runtime/src/grpc/module.ts": [
    { lines: ["if (!isMissing(error)) throw error;"], why: "the installed module can be loaded" },
  ],
  "runtime/src/http/service.ts": [
    { lines: ["if (socket.destroyed || this.#isClosed) return;"], why: RACE, isChance: true },
  ],
  "runtime/src/stream/srv-socket.ts": [
    { lines: ["if (this.destroyed) return void socket.destroy();"], why: RACE, isChance: true },
  ],
  "runtime/src/testing/transport.ts": [
    {
      lines: ["if (!isRemote(client)) return;"],
      why: `${TYPES}: dns2 has one type for the clients of UDP and TCP`,
    },
  ],
};
