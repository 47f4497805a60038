import type { Equivalents } from "../explained.ts";

export const ofNetworkRules: Equivalents = {
  "stacks/rules/network-rules.ts": [
    {
      code: 'String(body["service_name"]).replace(/^.*?\\.[a-z]{2}(-[a-z]+)+-\\d\\./, ""),',
      mutant: 'String(body["service_name"]).replace(/.*?\\.[a-z]{2}(-[a-z]+)+-\\d\\./, ""),',
      why: "what comes before the region is taken anyway: a name has one line",
    },
  ],
};
