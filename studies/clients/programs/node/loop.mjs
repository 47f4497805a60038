// The loop that each program runs: ten times a second it counts one up, and reads it back.
import { setTimeout as sleep } from "node:timers/promises";

const INTERVAL = 100;

/**
 * Prints a line for each operation: its number, begin and end in ms since 1970, and `ok` or the error.
 * @param operation counts `key` up and reads it; resolves with both values
 */
export async function run(operation) {
  process.stdin.resume().once("end", () => process.exit());
  for (let number = 0; ; number++) {
    const begin = Date.now();
    let outcome = "ok";
    try {
      const [written, read] = await operation(`op:${number}`);
      if (Number(written) !== Number(read)) outcome = `read ${read}, not ${written}`;
    } catch (error) {
      outcome = `${error.name}: ${error.message}`.replaceAll(/\s+/g, " ");
    }
    console.log(`${number} ${begin} ${Date.now()} ${outcome}`);
    await sleep(Math.max(1, begin + INTERVAL - Date.now()));
  }
}

/** Where to connect, and how: `a`, `hook`, `srv-dialer` or `forward`. */
export const { HOST: host, NAME: name, DNS: dns, WAY: way, SETTINGS: settings } = process.env;
export const port = Number(process.env.PORT);
export const isGuide = settings === "guide";
