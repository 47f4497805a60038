import type { Equivalents } from "../explained.ts";

export const ofDns: Equivalents = {
  "runtime/src/dns/layout.ts": [
    {
      code: "if (at >= message.length) return undefined;",
      mutant: "if (false) return undefined;",
      why: "saves work: the fuzz target counts it",
    },
    {
      code: "if (at >= message.length) return undefined;",
      mutant: "if (at > message.length) return undefined;",
      why: "the next question is refused then",
    },
  ],
  "runtime/src/dns/message.ts": [
    {
      code: "if (layout === undefined || hasPointerChain(bytes)) return undefined;",
      mutant: "if (false || hasPointerChain(bytes)) return undefined;",
      why: "for the compiler: without a layout the next line throws, which is caught",
    },
    {
      code: "flag_do: false,",
      mutant: "flag_do: true,",
      why: "for the compiler: the encoder goes by the flags",
    },
    {
      code: '(record) => record.type !== "OPT" && record.class === "IN" && record.flush !== true,',
      mutant: '(record) => true && record.class === "IN" && record.flush !== true,',
      why: "for the compiler: an OPT record has no class",
    },
    {
      code: '(record) => record.type !== "OPT" && record.class === "IN" && record.flush !== true,',
      mutant: '(record) => record.type !== "" && record.class === "IN" && record.flush !== true,',
      why: "for the compiler: an OPT record has no class",
    },
    {
      code: "if (others.length === 0) return bytes;",
      mutant: "if (false) return bytes;",
      why: "saves a copy: it would have the same bytes",
    },
  ],
  "runtime/src/dns/servers.ts": [
    {
      code: "if (!/^fe80:/i.test(server)) return server;",
      mutant: "if (false) return server;",
      why: "a shortcut: resolv.conf has a zone for link-local servers alone",
    },
    {
      code: "if (!/^fe80:/i.test(server)) return server;",
      mutant: "if (!/fe80:/i.test(server)) return server;",
      why: "a shortcut: resolv.conf has a zone for link-local servers alone",
    },
    {
      code: 'let lines = "";',
      mutant: 'let lines = "Stryker was here!";',
      why: "such a line names no server either",
    },
    {
      code: "if (address === undefined || isIP(address) === 0 || Number(port) < 1 || Number(port) > 65_535) {",
      mutant: "if (false || isIP(address) === 0 || Number(port) < 1 || Number(port) > 65_535) {",
      why: "for the compiler: undefined is no IP address",
    },
  ],
  "runtime/src/dns/presentation.ts": [
    {
      code: String.raw`if (/^[\w.-]*$/.test(name)) return name;`,
      mutant: "if (false) return name;",
      why: "a shortcut: the rest leaves such a name as it is",
    },
    {
      code: String.raw`if (/^[\w.-]*$/.test(name)) return name;`,
      mutant: String.raw`if (/^[\w.-]$/.test(name)) return name;`,
      why: "a shortcut: the rest leaves such a name as it is",
    },
    {
      code: String.raw`if (!name.includes("\\")) return name;`,
      mutant: "if (false) return name;",
      why: "a shortcut: the rest leaves such a name as it is",
    },
    {
      code: String.raw`if (!name.includes("\\")) return name;`,
      mutant: 'if (!name.includes("")) return name;',
      why: "a shortcut: the rest leaves such a name as it is",
    },
  ],
  "runtime/src/dns/query.ts": [
    {
      code: "#due: readonly DnsServer[] = [];",
      mutant: '#due: readonly DnsServer[] = ["Stryker was here"];',
      why: "the start of a search sets it before anything reads it",
    },
    {
      code: "this.#clearTimer?.();",
      mutant: "this.#clearTimer();",
      why: "for the compiler: a search has set a timer before it stops",
    },
    {
      code: "const isOverTcp = this.#exchanges.get(server)?.isOverTcp === true;",
      mutant: "const isOverTcp = this.#exchanges.get(server).isOverTcp === true;",
      why: "for the compiler: each server of the order was asked before all are given up",
    },
  ],
  "runtime/src/dns/records.ts": [
    {
      code: "if (records.length <= MAX_TARGETS) return records;",
      mutant: "if (false) return records;",
      why: "another order: that of an answer means nothing, and a dialer draws one",
    },
    {
      code: "if (records.length <= MAX_TARGETS) return records;",
      mutant: "if (records.length < MAX_TARGETS) return records;",
      why: "another order: that of an answer means nothing, and a dialer draws one",
    },
  ],
  "runtime/src/dns/resolver.ts": [
    {
      code: 'const ENOUGH = new Error("the other family was found");',
      mutant: 'const ENOUGH = new Error("");',
      why: "no one is told: the other family's addresses are the answer",
    },
    {
      code: "search.endAfter(RESOLUTION_DELAY, clock, () => ENOUGH);",
      mutant: "search.endAfter(RESOLUTION_DELAY, clock, () => undefined);",
      why: "no one is told: the other family's addresses are the answer",
    },
  ],
};
