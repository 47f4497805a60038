import { describe, expect, it } from "vitest";

import { findChromium } from "./chromium.ts";
import { fakeSystem } from "./fake-system.ts";

const NONE =
  "A real Chromium is needed, and none of chromium-headless-shell, chromium, chromium-browser, " +
  "google-chrome or google-chrome-stable is on PATH.";

describe("findChromium", () => {
  it("takes the headless shell before a whole browser, and what CHROMIUM names before both", async () => {
    const files = ["/usr/bin/chromium", "/usr/bin/chromium-headless-shell", "/opt/chrome"];
    await expect(findChromium(fakeSystem(files))).resolves.toBe("/usr/bin/chromium-headless-shell");
    const env = { PATH: "/usr/bin", CHROMIUM: "/opt/chrome" };
    await expect(findChromium(fakeSystem(files, { env }))).resolves.toBe("/opt/chrome");
  });

  it("refuses a CHROMIUM that is not executable", async () => {
    const env = { PATH: "/usr/bin", CHROMIUM: "/opt/gone" };
    await expect(findChromium(fakeSystem(["/usr/bin/chromium"], { env }))).rejects.toThrow(
      'CHROMIUM is "/opt/gone", which is not an executable file',
    );
  });

  it("installs the headless shell on Debian as root, and says so", async () => {
    const machine = fakeSystem(["/usr/bin/apt-get"]);
    await expect(findChromium(machine)).resolves.toBe("/usr/bin/chromium-headless-shell");
    expect(machine.said).toEqual([expect.stringContaining("No chromium-headless-shell found")]);
    expect(machine.commands).toEqual([
      expect.stringContaining("apt-get -o DPkg::Lock::Timeout=120 update"),
      expect.stringContaining("install -y --no-install-recommends chromium-headless-shell"),
    ]);
  });

  it.each([
    [
      "Debian without root",
      { isRoot: false },
      "sudo apt-get install -y --no-install-recommends chromium-headless-shell",
    ],
    [
      "Ubuntu, whose package is a snap",
      { osRelease: "ID=ubuntu\nID_LIKE=debian\n" },
      "snap install chromium",
    ],
    ["macOS", { platform: "darwin", osRelease: "" }, "brew install --cask chromium"],
  ])("stops with the one command to run: %s", async (_, given, command) => {
    const machine = fakeSystem(["/usr/bin/apt-get"], given);
    await expect(findChromium(machine)).rejects.toThrow(
      `${NONE} Run: ${command} (or set CHROMIUM to the path of a chromium-headless-shell).`,
    );
    expect(machine.commands).toEqual([]);
  });
});
