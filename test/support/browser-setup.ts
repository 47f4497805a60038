import { findChromium } from "./chromium.ts";

/** Finds or installs a browser once before all tests. The workers get its path in CHROMIUM. */
export default async function setup(): Promise<void> {
  process.env["CHROMIUM"] = await findChromium();
}
