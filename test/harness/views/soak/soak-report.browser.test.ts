import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { renderSoakReport } from "../../../../harness/views/soak/soak-report.ts";
import { expectSound, openPage, picture, startBrowser, WIDTHS } from "../../../support/browser.ts";
import { sampleRecord, sampleVerdict } from "./sample.ts";

test("the page of a soak is accessible on a phone and on a desktop", async () => {
  const folder = await mkdtemp(join(tmpdir(), "soak-report-"));
  const browser = await startBrowser();
  try {
    const file = join(folder, "soak.html");
    await writeFile(file, renderSoakReport(sampleRecord(), sampleVerdict, "npm run soak"));
    const looks = [
      { width: WIDTHS.phone, scheme: "light" },
      { width: WIDTHS.desktop, scheme: "dark" },
    ] as const;
    for (const look of looks) {
      const opened = await openPage(browser, pathToFileURL(file).href, look);
      await expectSound(opened);
      await picture(opened.page, `soak-${look.scheme}`);
      const charts = opened.page.getByRole("img", { name: /values, from/ });
      expect(await charts.count()).toBe(4);
    }
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
});
