import type { z } from "zod";
import { kmsKeyArn, regionName, securityGroupId } from "./aws-ids.ts";
import { either, fields, flag, has, text } from "./fields.ts";

const pathAllowed = "an absolute path of up to 4 folders such as /redis";
// A name of dots alone is no folder's.
export const efsPath = text(/^(\/[\w.-]*[\w-][\w.-]*){1,4}$/, pathAllowed).max(100, pathAllowed);
export const fileSystemId = text(/^fs-[0-9a-f]+$/, "a file system id such as fs-0123abcd");
const createdFileSystem = fields({
  path: efsPath.default("/redis").describe("Folder of Redis' data on the new file system"),
  replica: fields({
    region: regionName.describe("Another region, in which EFS creates the replica"),
    kmsKeyArn: kmsKeyArn
      .optional()
      .describe("Key of that region that encrypts the replica. Default: AWS's own for EFS"),
  })
    .optional()
    .describe(
      "A read-only copy of the file system in another region, minutes behind. It costs the storage again and " +
        "the transfer between regions by the GB. A destroy leaves it behind. Default: none",
    ),
  kmsKeyArn: kmsKeyArn
    .optional()
    .describe(
      "Key that encrypts the file system; it cannot change later. Default: AWS's own for EFS",
    ),
});
const existingFileSystem = fields({
  id: fileSystemId.describe(
    "An existing EFS file system with a mount target in every zone of the hosts",
  ),
  securityGroupId: securityGroupId.describe(
    "Security group of its mount targets. Where the hosts are created, a rule is added to it",
  ),
  path: efsPath.describe("Folder of Redis' data, owned by 999:999 if it exists already"),
  restored: flag()
    .default(false)
    .describe(
      "The file system holds a restored backup, and replaces the one of an environment that is deployed " +
        "already. The network may be a created one: the first deploy makes it, so deploy without this file " +
        "system first. The folder must exist. If protected, Terraform does not destroy the old file system",
    ),
});
export const fileSystemSchema = either(has("id"), existingFileSystem, createdFileSystem)
  .optional()
  .describe(
    "File system for the data of Redis as a service: an existing one, or one that is created. " +
      "Default: one is created",
  );
export type FileSystemConfig =
  | z.output<typeof existingFileSystem>
  | z.output<typeof createdFileSystem>;

/** Whether a file system has the place of the one that the environment created before. */
export function isRestored(fileSystem: FileSystemConfig | undefined): boolean {
  return fileSystem !== undefined && "id" in fileSystem && fileSystem.restored;
}

/** The file system of an environment that leaves `fileSystem` out. */
export const defaultFileSystem = createdFileSystem.parse({});
