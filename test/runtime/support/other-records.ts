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

/** Makes a name an alias, with the address of its target. */
export function setAlias(server: DnsServer, name: string, target: string, address?: string): void {
  const alias: Answer = { type: "CNAME", name, ttl: 10, data: target };
  const found: Answer[] =
    address === undefined ? [] : [{ type: "A", name: target, ttl: 10, data: address }];
  answer(server, [alias, ...found], { name });
}

/** How long answers without records may be kept, in seconds. */
export function setNegativeTtl(server: DnsServer, ttl: number): void {
  server.fault(({ answer: bytes, send }) => {
    const message = decode(bytes);
    const authorities = message.authorities?.map((record) =>
      record.type === "SOA" ? { ...record, ttl, data: { ...record.data, minimum: ttl } } : record,
    );
    send(encode({ ...message, ...(authorities && { authorities }) }));
  });
}

function answer(server: DnsServer, answers: Answer[], queries: FaultOptions): void {
  server.fault((context) => {
    const { id = 0, questions = [] } = decode(context.answer);
    context.send(encode({ type: "response", id, questions, answers }));
  }, queries);
}
