import type { IncomingHttpHeaders } from "node:http";

/**
 * Why a request is refused; undefined for one of the playground's own pages.
 *
 * A page of another site can send requests to a loopback address, and read the answers once its own
 * name leads there (DNS rebinding). So the request must be for this server by a name that only this
 * machine gives it, and what changes anything must come from a page of this server: every browser
 * names the origin of a POST.
 */
export function refusalOf(
  method: string,
  headers: IncomingHttpHeaders,
  port: number,
): string | undefined {
  // Browsers leave out the port of the protocol.
  const hosts = ["127.0.0.1", "localhost"].map((name) => (port === 80 ? name : `${name}:${port}`));
  const { host = "", origin } = headers;
  if (!hosts.includes(host)) return `Host must be ${hosts.join(" or ")}`;
  if (method === "GET" || method === "HEAD") return undefined;
  if (origin !== `http://${host}`) return `Origin must be http://${host}`;
  const site = headers["sec-fetch-site"] ?? "same-origin";
  if (site !== "same-origin") return `a request from ${site} is not accepted`;
  return undefined;
}
