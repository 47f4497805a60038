import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Recording } from "../../plays/stage/recording.ts";
import { refusalOf } from "./guard.ts";
import { Live } from "./live.ts";
import { ASSETS, renderPage } from "./page.ts";
import type { Playground, Refusal } from "./playground.ts";
import { recordingsOf } from "./recording.ts";
import { sectionsOf } from "./sections.ts";

export interface PlaygroundServer extends AsyncDisposable {
  readonly url: string;
  close(): Promise<void>;
}

/** The page loads only its own script and style, connects only to its server, and cannot be framed. */
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; " +
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

export interface ServeOptions {
  /** 0: any free port. */
  readonly port: number;
  /** The page at `/report`. */
  readonly renderReport: (recordings: readonly Recording[]) => string;
}

/**
 * Serves the playground's page on the loopback address.
 * @throws an error with the port if it is taken
 */
export async function servePlayground(
  playground: Playground,
  { port, renderReport }: ServeOptions,
): Promise<PlaygroundServer> {
  const live = new Live(playground);
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const { port: own } = server.address() as AddressInfo;
    const refusal = refusalOf(request.method ?? "", request.headers, own);
    if (refusal !== undefined) return sendJson(response, 403, { error: refusal });
    answer(request, response, { playground, live, renderReport });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening").catch((error: unknown) => {
    live.close();
    const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    throw isTaken ? new Error(`port ${port} is taken; choose another with --port`) : error;
  });
  const close = async (): Promise<void> => {
    live.close();
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, close, [Symbol.asyncDispose]: close };
}

/** The base URL for a request's path. */
const BASE = "http://localhost";

interface Context extends Pick<ServeOptions, "renderReport"> {
  readonly playground: Playground;
  readonly live: Live;
}

function answer(
  { method, url = "" }: IncomingMessage,
  response: ServerResponse,
  { playground, live, renderReport }: Context,
): void {
  // For example `//`.
  if (!URL.canParse(url, BASE)) return sendJson(response, 400, { error: "invalid path" });
  const { pathname } = new URL(url, BASE);
  const [, name, undo] = /^\/actions\/([^/]+)(\/undo)?$/.exec(pathname) ?? [];
  if (name !== undefined) {
    if (method !== "POST") return sendMethod(response, "POST");
    const refusal = undo === undefined ? playground.act(name) : playground.undo(name);
    return sendOutcome(response, refusal);
  }
  if (method !== "GET" && method !== "HEAD") return sendMethod(response, "GET");
  const asset = ASSETS.get(pathname);
  if (asset) return sendText(response, asset.type, asset.text);
  switch (pathname) {
    case "/":
      return sendText(response, "text/html", renderPage(playground, sectionsOf(playground)));
    case "/events":
      return live.add(response);
    case "/report":
      return sendText(response, "text/html", renderReport(recordingsOf(playground)));
    default:
      return sendJson(response, 404, { error: `there is nothing at ${pathname}` });
  }
}

function sendOutcome(response: ServerResponse, refusal: Refusal | undefined): void {
  if (refusal === undefined) return sendJson(response, 202, {});
  sendJson(response, refusal.kind === "unknown" ? 404 : 409, { error: refusal.message });
}

function sendMethod(response: ServerResponse, allowed: string): void {
  response.setHeader("allow", allowed);
  sendJson(response, 405, { error: `only ${allowed} is allowed here` });
}

function sendText(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(text);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
