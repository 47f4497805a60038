import type { Equivalents } from "../explained.ts";

export const ofAnswers: Equivalents = {
  "runtime/src/answers/cached.ts": [
    {
      code: 'const UNWANTED = new Error("no one waits for it");',
      mutant: 'const UNWANTED = new Error("");',
      why: "for the compiler: a reader who leaves before its load has ended has a reason",
    },
    {
      code: "if (this.#entry !== undefined) this.#keepFresh(this.#entry);",
      mutant: "if (true) this.#keepFresh(this.#entry);",
      why: "for the compiler: a load that succeeded has left an entry",
    },
    {
      code: "if (this.#flight === flight) this.#flight = undefined;",
      mutant: "if (true) this.#flight = undefined;",
      why: "a load that was abandoned has ended, and gives no value any more",
    },
  ],
  "runtime/src/answers/source.ts": [
    {
      code: "#isPartial = false;",
      mutant: "#isPartial = true;",
      why: "the first answer sets it, and before that there is no target to ask about",
    },
    {
      code: "if (channels.resolve.hasSubscribers) {",
      mutant: "if (true) {",
      why: "saves copies that no one reads",
    },
    {
      code: "if (sources === undefined) {",
      mutant: "if (true) {",
      why: "saves time: the same is made again",
    },
  ],
  "runtime/src/answers/watch.ts": [
    {
      code: "JSON.stringify([host.toLowerCase(), port, priority, weight, (addresses ?? []).toSorted()]),",
      mutant:
        "JSON.stringify([host.toUpperCase(), port, priority, weight, (addresses ?? []).toSorted()]),",
      why: "either makes names equal whatever their case",
    },
    {
      code: "JSON.stringify([host.toLowerCase(), port, priority, weight, (addresses ?? []).toSorted()]),",
      mutant:
        'JSON.stringify([host.toLowerCase(), port, priority, weight, (addresses ?? ["Stryker was here"]).toSorted()]),',
      why: "stands for no addresses as well, and no address is like it",
    },
  ],
};
