import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { HarnessError } from "../../base/errors.ts";

/** Terraform reads these files of a module, and what `terraform init` has written. */
const READ = /\.tf(?:vars)?(?:\.json)?$|^\.terraform(?:\.lock\.hcl)?$/;
const MODULES = [".terraform/modules", ".terraform/modules/modules.json"];
const PROVIDERS = ".terraform/providers";

/**
 * Others could change what Terraform reads after it was checked.
 * @param folder of a module
 * @throws HarnessError ERR_TEMPLATE if others may write to a file of the module, or to a folder that it is in
 */
export async function checkOwners(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => READ.test(name));
  const programs = await readdir(path.join(folder, PROVIDERS), { recursive: true }).catch(() => []);
  const below = programs.map((each) => path.join(PROVIDERS, each));
  for (const name of [".", ...names, ...MODULES, PROVIDERS, ...below]) {
    // Not what a link is, but what Terraform reads.
    const real = await realpath(path.join(folder, name)).catch(() => undefined);
    if (real !== undefined) await checkOwner(real);
  }
}

const STICKY = 0o1000;

/** @param file or folder, without links */
async function checkOwner(file: string, isAbove = false): Promise<void> {
  const { uid, gid, mode } = await stat(file);
  // In a sticky folder each moves only what is their own. A group with the number of a user has this user alone.
  const isOwnGroup = gid === uid && uid !== 0;
  const others = isAbove && (mode & STICKY) !== 0 ? 0 : isOwnGroup ? 0o002 : 0o022;
  const isOthers = uid !== process.getuid?.() && uid !== 0;
  if (isOthers || (mode & others) !== 0) {
    const why = isOthers ? `belongs to user ${uid}` : "may be written by others";
    const text = `${file} ${why}: evaluate a folder of your own, such as a copy in which you run terraform init`;
    throw new HarnessError("ERR_TEMPLATE", text);
  }
  const above = path.dirname(file);
  if (above !== file) await checkOwner(above, true);
}
