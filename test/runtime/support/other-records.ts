// Answers with records that the test server has no method for.
import { type Answer, decode, encode } from "dns-packet";

import type { DnsServer, FaultOptions } from "../../../runtime/src/testing.ts";

export function setTxt(
  server: DnsServer,
  name: string,
  ...texts: readonly (string | Buffer[])[]
): void {
  const records = texts.map((data): Answer => ({ type: "TXT", name, ttl: 10, data }));
  answer(server, records, { name, type: "TXT" });
}

/** Makes a name an alias. As from a server that does not follow it, its target is not in the answer. */
export function setAlias(server: DnsServer, name: string, target: string): void {
  answer(server, [{ type: "CNAME", name, ttl: 10, data: target }], { name });
}

function answer(server: DnsServer, answers: Answer[], queries: FaultOptions): void {
  server.fault((context) => {
    const { id = 0, questions = [] } = decode(context.answer);
    context.send(encode({ type: "response", id, questions, answers }));
  }, queries);
}
