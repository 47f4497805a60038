import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { QUESTION_AT, WAYS, startHostileServer } from "../support/hostile-server.ts";
import { trackResources } from "../support/resources.ts";
import { expectRead, expectResolved, replies } from "./replies.property.ts";

/** Replies of earlier bugs, as hex. */
const FOUND: Readonly<Record<string, string>> = {
  "claims 65 533 records, and has a text that is cut off":
    "2a2a81800001fffd00000001096465762d7265646973076465762d6563730000210001c00c001000010000000a000c096465762d616c69",
  "claims 65 533 records, and has an SSHFP record with an unknown hash":
    "2a2a81800001fffd00000001096465762d7265646973076465762d6563730000210001c00c002100010000000a00070000000000000000002c04d0000000000000",
};

describe("a DNS reply", () => {
  it.each(Object.entries(FOUND))("that %s is read, or ignored", (_, hex) => {
    expect(() => expectRead("SRV", Buffer.from(hex, "hex"))).not.toThrow();
  });

  it("with any change is read as a sound answer, or ignored", () => {
    fc.assert(
      fc.property(replies, ({ asked, message }) => {
        expectRead(asked, message);
      }),
    );
  });

  it("that comes in any way gives a sound answer or an error that can be printed, and leaves no socket", async () => {
    using resources = trackResources();
    {
      await using server = await startHostileServer();
      const servers = [server.address];
      // Without another reply, the resolver must wait until its timeout.
      const hasty = dnsResolver({ servers, timeout: 50, tries: 1 });
      const patient = dnsResolver({ servers, timeout: 30_000, tries: 1 });
      await fc.assert(
        fc.asyncProperty(replies, fc.constantFrom(...WAYS), async ({ message }, way) => {
          server.play({ message, way });
          // Errors may have no question, so an error with a changed question is allowed.
          const hasQuestion = message.length >= QUESTION_AT && message.readUInt16BE(4) > 0;
          const isForged =
            way === "wrong ids, then an answer" ||
            (way === "wrong question, then an answer" && hasQuestion);
          await expectResolved(way === "datagram alone" ? hasty : patient, isForged);
        }),
      );
    }
    await expect(resources.allGone()).resolves.toBeUndefined();
  });
});
