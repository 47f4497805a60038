import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packPackage } from "../../runtime/support/packed.ts";

/** A folder to build an image from, with the packed package. @param fill writes the other files */
export async function buildContext(
  fill: (folder: string) => void,
): Promise<Disposable & { readonly path: string }> {
  const path = mkdtempSync(join(tmpdir(), "context-"));
  fill(path);
  await packPackage(path);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
