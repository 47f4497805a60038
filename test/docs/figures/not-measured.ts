/** Why a figure of a page is in no file of `results/`. */
const SET = "a setting or a limit of this code: no one measured it";
const FOLLOWS = "follows from settings by calculation";
const AWS = "documented by AWS";
const ADVICE = "what a reader is told to set";
const PROMISE = "what its users may expect of us";
const EXAMPLE = "an example of output";
const PLAYED = "how long the scenario itself breaks something";
const ALARM = "the threshold of an alarm";
const MODEL = "how the local ECS behaves by its code";

const MODEL_OF_AWS = "assumed in test/simulate/assumptions.ts";

/** By page: the figures that no command measures, each with its reason. */
export const NOT_MEASURED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "SECURITY.md": { "90 days": PROMISE },
  "README.md": { "20 s": PLAYED, "140 s": FOLLOWS, "1 500 ms": ADVICE },
  "docs/choices.md": { "64 MiB": AWS, "5 seconds": AWS, "350 seconds": AWS },
  "docs/day-two.md": {
    "30 days": SET,
    "90 %": ALARM,
    "10 minutes": ALARM,
    "15 minutes": ALARM,
    "1h": ADVICE,
    "5 %": ALARM,
    "75 %": SET,
  },
  "docs/local-ecs.md": {
    "5 s": PLAYED,
    "2 s": SET,
    "15 s": SET,
    "16 KiB": SET,
    "0.2 s": SET,
    "20 times": SET,
  },
  "docs/migration.md": { "60 seconds": ADVICE, "75 %": SET },
  "docs/plans.md": { "2 s": SET },
  "docs/operations.md": {
    "30 seconds": SET,
    "200 s": SET,
    "350 s": FOLLOWS,
    "20 s": SET,
    "15 s": SET,
    "150 s": FOLLOWS,
    "75 %": SET,
    "67 %": ALARM,
    "90 %": ALARM,
    "2 seconds": SET,
    "7.5 %": SET,
    "15 seconds": AWS,
    "10 s": FOLLOWS,
    "40 minutes": FOLLOWS,
  },
  "docs/simulation.md": {
    "15 s": MODEL_OF_AWS,
    "1 s": MODEL_OF_AWS,
    "5 s": MODEL_OF_AWS,
    "10 s": SET,
    "0.08 ms": MODEL_OF_AWS,
    "7 s": "the pace of Linux",
  },
  "docs/soak.md": {
    "1 h": FOLLOWS,
    "50 min": FOLLOWS,
    "1.5 s": SET,
    "5 %": "the limit that the checker sets",
  },
  "docs/to-elasticache.md": { "30 days": SET },
  "harness/ecs/README.md": {
    "5 s": MODEL,
    "10 s": MODEL,
    "100 %": "a setting of a service",
    "30 s": MODEL,
    "2 s": MODEL,
    "3 s": MODEL,
  },
  "runtime/BENCHMARKS.md": { "1 ms": "the delay that the bench adds" },
  "runtime/README.md": {
    "112 ms": SET,
    "10 s": SET,
    "11 s": FOLLOWS,
    "1 s": SET,
    "75 s": FOLLOWS,
    "133 s": FOLLOWS,
    "1 500 ms": ADVICE,
    "500 ms": SET,
    "2 s": SET,
    "300 s": "the default of undici",
    "30 s": SET,
    "1.8 s": SET,
    "3 s": SET,
    "1.25 s": FOLLOWS,
    "5 s": SET,
    "6 s": FOLLOWS,
    "5.2 ms": EXAMPLE,
    "3.7 ms": EXAMPLE,
    "0.2 ms": EXAMPLE,
    "3 000 ms": SET,
    "10 000 ms": SET,
    "60 s": "how often the driver of MongoDB asks",
  },
};
