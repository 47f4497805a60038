import type { Equivalents } from "../explained.ts";

const SHORTCUT = "a shortcut: the rest gives the same";
const FORGETS = "memory alone: what has expired counts as not failed, kept or not";

export const ofDial: Equivalents = {
  "runtime/src/dial/addresses.ts": [
    {
      code: "if (preferred === undefined || other === undefined) return outcomes;",
      mutant: "if (false || other === undefined) return outcomes;",
      why: "for the compiler: without a first lookup there is no second one",
    },
    {
      code: "const isOtherEarly = await Promise.race([preferred.then(() => false), other.then(isUseful)]);",
      mutant:
        "const isOtherEarly = await Promise.race([preferred.then(() => undefined), other.then(isUseful)]);",
      why: "is taken for false as well",
    },
    {
      code: "const isOtherEarly = await Promise.race([preferred.then(() => false), other.then(isUseful)]);",
      mutant:
        "const isOtherEarly = await Promise.race([preferred.then(() => true), other.then(isUseful)]);",
      why: "then it is asked whether the first has come, which it has",
    },
    {
      code: "return addresses.length > 0;",
      mutant: "return true;",
      why: "the order of two lookups of which one is empty changes nothing",
    },
    {
      code: "return addresses.length > 0;",
      mutant: "return addresses.length >= 0;",
      why: "the order of two lookups of which one is empty changes nothing",
    },
    { code: "clear?.();", mutant: "clear();", why: "for the compiler: it has been set" },
    {
      code: "if (addresses.length < 2) return addresses;",
      mutant: "if (false) return addresses;",
      why: SHORTCUT,
    },
  ],
  "runtime/src/dial/dial.ts": [
    {
      code: "return naming !== undefined && naming.source !== this.#answers[0]?.source;",
      mutant: "return naming !== undefined && naming.source !== this.#answers[0].source;",
      why: "for the compiler: where one of the answers is found, there is a first one",
    },
    {
      code: "if (source === undefined) return undefined;",
      mutant: "if (false) return undefined;",
      why: "for the compiler: a dialer has at least one resolver",
    },
    {
      code: "if (channels.attempt.hasSubscribers) channels.attempt.publish({ name, ...endpoint });",
      mutant: "if (true) channels.attempt.publish({ name, ...endpoint });",
      why: "saves an object that no one reads",
    },
  ],
  "runtime/src/dial/dialer.ts": [
    {
      code: "this.#answers++;",
      mutant: "this.#answers--;",
      why: "what counts is that it is another number",
    },
    {
      code: "if (!channels.connect.hasSubscribers) return dialed;",
      mutant: "if (false) return dialed;",
      why: "saves an object that no one reads",
    },
  ],
  "runtime/src/dial/listed.ts": [
    {
      code: "for await (const { source, targets, origin } of answersOf(sources, { lifetime, misses: [] })) {",
      mutant:
        'for await (const { source, targets, origin } of answersOf(sources, { lifetime, misses: ["Stryker was here"] })) {',
      why: "is filled, and not read here",
    },
  ],
  "runtime/src/dial/options.ts": [
    {
      code: "const cache = { ...CACHE_DEFAULTS };",
      mutant: "const cache = {};",
      why: "for the compiler: each of them is set after this",
    },
  ],
  "runtime/src/dial/cooldown.ts": [
    { code: "if (this.#duration === 0) return;", mutant: "if (false) return;", why: FORGETS },
    {
      code: "if (this.#failedUntil.size > 0) this.#failedUntil.delete(targetKey(endpoint));",
      mutant: "if (true) this.#failedUntil.delete(targetKey(endpoint));",
      why: SHORTCUT,
    },
    {
      code: "if (this.#failedUntil.size > 0) this.#failedUntil.delete(targetKey(endpoint));",
      mutant: "if (this.#failedUntil.size >= 0) this.#failedUntil.delete(targetKey(endpoint));",
      why: SHORTCUT,
    },
    {
      code: "if (this.#failedUntil.size === 0 || targets.length < 2) return targets;",
      mutant: "if (this.#failedUntil.size === 0 || false) return targets;",
      why: SHORTCUT,
    },
    { code: "#forgetExpired(): void {", mutant: "#forgetExpired(): void {}", why: FORGETS },
    {
      code: "for (const [key, until] of this.#failedUntil) {",
      mutant: "for (const [key, until] of this.#failedUntil) {}",
      why: FORGETS,
    },
    {
      code: "if (until <= now) this.#failedUntil.delete(key);",
      mutant: "if (false) this.#failedUntil.delete(key);",
      why: FORGETS,
    },
    {
      code: "if (until <= now) this.#failedUntil.delete(key);",
      mutant: "if (until < now) this.#failedUntil.delete(key);",
      why: FORGETS,
    },
  ],
};
