// The HTTP clients that the package has an adapter for, behind one face.
import http from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";
import type { ConnectionOptions } from "node:tls";

import { Agent, request as undiciRequest } from "undici";
import { Agent as OldestAgent } from "undici-oldest";

import { type SrvHttpOptions, srvAgent, srvConnect } from "../../../runtime/src/http.ts";

/** Longer in ms than any test takes: idle connections end for another reason. */
const KEEP = 120_000;

export interface RequestOptions {
  readonly method?: string;
  readonly host?: string;
  readonly signal?: AbortSignal;
}

export interface HttpClient extends AsyncDisposable {
  /** The text of the answer; rejects with the adapter's error, or with that of the client. */
  request(url: string, options?: RequestOptions): Promise<string>;
  /** What the adapter holds ends, in the way that the client has for it. */
  close(): void;
}

export interface ClientOptions extends SrvHttpOptions {
  /** Most connections at a time. */
  readonly connections?: number;
}

type MakeClient = (options: ClientOptions) => HttpClient;

const CLIENTS: Record<string, MakeClient> = {
  "node:http": nodeClient,
  "undici 7, with Node's fetch": (options) => fetchClient(Agent, options),
  "undici 7, with its own request": requestClient,
  "undici 7.0.0, with Node's fetch": (options) => fetchClient(OldestAgent, options),
};

/** Each with its name, for `describe.each`. */
export const HTTP_CLIENTS = Object.entries(CLIENTS);

/** An agent follows the URL's protocol: with `tls` for `https:`. */
function nodeClient({ connections = Infinity, tls, ...options }: ClientOptions): HttpClient {
  const agent = { keepAlive: true, timeout: KEEP, maxSockets: connections };
  const plain = srvAgent({ ...options, agent });
  const secure = srvAgent({ ...options, agent, tls: (tls ?? true) as true | ConnectionOptions });
  const close = (): void => {
    plain.destroy();
    secure.destroy();
  };
  return {
    request: (url, { host, ...more } = {}) =>
      new Promise((resolve, reject) => {
        const headers = host === undefined ? {} : { host };
        const [{ request }, own] = url.startsWith("https:") ? [https, secure] : [http, plain];
        const sent = request(url, { ...more, headers, agent: own }, (response) => {
          text(response).then(resolve, reject);
        });
        sent.on("error", reject).end();
      }),
    close,
    [Symbol.asyncDispose]: () => Promise.resolve(close()),
  };
}

function undiciOptions({ connections, ...options }: ClientOptions) {
  const limits = connections === undefined ? {} : { connections };
  return { connect: srvConnect(options), keepAliveTimeout: KEEP, ...limits };
}

function fetchClient(Kind: typeof Agent | typeof OldestAgent, options: ClientOptions): HttpClient {
  const ofAgent = undiciOptions(options);
  const agent = new Kind(ofAgent);
  return {
    async request(url, { host, ...more } = {}) {
      const headers = host === undefined ? {} : { host };
      // Node's types know the dispatcher of the undici inside of it.
      const init = { ...more, headers, dispatcher: agent } as RequestInit;
      const response = await fetch(url, init).catch((error: Error) => {
        throw error.cause ?? error;
      });
      return response.text();
    },
    close: () => ofAgent.connect.close(),
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

function requestClient(options: ClientOptions): HttpClient {
  const ofAgent = undiciOptions(options);
  const agent = new Agent(ofAgent);
  return {
    async request(url, { method = "GET", host, ...more } = {}) {
      const headers = host === undefined ? {} : { host };
      const all = { ...more, headers, method: method as "GET", dispatcher: agent };
      return (await undiciRequest(url, all)).body.text();
    },
    close: () => ofAgent.connect.close(),
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}
