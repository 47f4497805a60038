// Answers with records that the test server has no method for.
import { decode, encode } from "dns-packet";

import type { DnsServer } from "../../../runtime/src/testing.ts";

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
