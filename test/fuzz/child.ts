import { runInChild } from "./in-child.ts";
import { loadTarget } from "./targets.ts";

// Runs one target in a process of its own.

const [name = "", seed = "", inputs = ""] = process.argv.slice(2);
runInChild(() => loadTarget(name), Number(seed), Number(inputs));
