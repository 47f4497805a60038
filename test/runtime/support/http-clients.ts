// The HTTP clients that the package supports, with a common interface.
import http from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";
import type { ConnectionOptions } from "node:tls";

import { Agent, fetch as undiciFetch, request as undiciRequest } from "undici";
import undici from "undici/package.json" with { type: "json" };

import { type SrvHttpOptions, srvAgent, srvConnect } from "../../../runtime/src/http.ts";

/** ms; longer than any test, so that idle connections do not time out. */
const KEEP = 120_000;

export interface HttpClient extends AsyncDisposable {
  /** @returns the text of the response; rejects with the error of the adapter or the client */
  request(url: string, options?: { readonly method?: string }): Promise<string>;
  /** Closes the adapter with the client's method. */
  close(): void;
}

type MakeClient = (options: SrvHttpOptions) => HttpClient;

/** The fetch of Node.js before 26 does not accept agents of undici 8. */
const fitsNode =
  Number.parseInt(undici.version, 10) < 8 || Number.parseInt(process.versions.node, 10) >= 26;

const CLIENTS: Record<string, MakeClient> = {
  "node:http": nodeClient,
  [`undici ${undici.version}, its fetch`]: (options) =>
    fetchClient(undiciFetch as typeof fetch, options),
  [`undici ${undici.version}, its request`]: requestClient,
  ...(fitsNode
    ? {
        [`undici ${undici.version}, Node's fetch`]: (options: SrvHttpOptions) =>
          fetchClient(fetch, options),
      }
    : {}),
};

/** Names and clients, for `describe.each`. */
export const HTTP_CLIENTS = Object.entries(CLIENTS);

/** The agent has `tls` for URLs with `https:`. */
function nodeClient({ tls, ...options }: SrvHttpOptions): HttpClient {
  const agent = { keepAlive: true, timeout: KEEP };
  const plain = srvAgent({ ...options, agent });
  const secure = srvAgent({ ...options, agent, tls: (tls ?? true) as true | ConnectionOptions });
  const close = (): void => {
    plain.destroy();
    secure.destroy();
  };
  return {
    request: (url, more = {}) =>
      new Promise((resolve, reject) => {
        const [{ request }, own] = url.startsWith("https:") ? [https, secure] : [http, plain];
        const sent = request(url, { ...more, agent: own }, (response) => {
          text(response).then(resolve, reject);
        });
        sent.on("error", reject).end();
      }),
    close,
    [Symbol.asyncDispose]: () => Promise.resolve(close()),
  };
}

function fetchClient(send: typeof fetch, options: SrvHttpOptions): HttpClient {
  const connect = srvConnect(options);
  const agent = new Agent({ connect, keepAliveTimeout: KEEP });
  return {
    async request(url, more = {}) {
      // The types of Node.js expect a dispatcher of its bundled undici.
      const init = { ...more, dispatcher: agent } as RequestInit;
      const response = await send(url, init).catch((error: Error) => {
        throw error.cause ?? error;
      });
      return response.text();
    },
    close: () => connect.close(),
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

function requestClient(options: SrvHttpOptions): HttpClient {
  const connect = srvConnect(options);
  const agent = new Agent({ connect, keepAliveTimeout: KEEP });
  return {
    async request(url, { method = "GET" } = {}) {
      const all = { method: method as "GET", dispatcher: agent };
      return (await undiciRequest(url, all)).body.text();
    },
    close: () => connect.close(),
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}
