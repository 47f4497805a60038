import { evaluate } from "../../../../../../harness/ecs/index.ts";

// Evaluates a folder, until it is killed.
await evaluate(process.argv[2] ?? "");
