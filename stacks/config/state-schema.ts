import { z } from "zod";
import { kmsKeyArn, regionName } from "./aws-ids.ts";
import { either, fields, has, oneOf, text } from "./fields.ts";

const s3State = fields({
  kind: oneOf(["s3"]).describe("An S3 bucket, with a lock file next to each state"),
  bucket: text(
    /^(?=.{3,63}$)[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
    "the name of an S3 bucket that exists, with versioning on",
  ).describe("Bucket that exists, with versioning on: an old state is then recoverable"),
  region: regionName.optional().describe("Region of the bucket. Default: the environment's"),
  key: text(
    /^(?=.{1,512}$)[\w.-]+(\/[\w.-]+)*$/,
    "a key such as games/dev.tfstate, no slash at either end",
  )
    .optional()
    .describe("Key in the bucket. Default: `<environment>/terraform.tfstate`"),
  kmsKeyArn: kmsKeyArn
    .optional()
    .describe("Key that encrypts the state. Default: the bucket's own"),
});
const localState = fields({
  kind: z
    .literal("local", "one of s3, local")
    .default("local")
    .describe("`local`: a file `terraform.<environment>.tfstate` in the repository's root"),
});
export const stateSchema = either(
  (value) => has("bucket")(value) || (has("kind")(value) && Object(value).kind === "s3"),
  s3State,
  localState,
)
  .prefault({})
  .describe("Where Terraform keeps the state");

/** Bucket and key of an environment's state in S3; undefined when it is a local file. */
export function stateObjectOf({
  name,
  state,
}: {
  readonly name: string;
  readonly state: z.output<typeof stateSchema>;
}): { readonly bucket: string; readonly key: string } | undefined {
  if (!("bucket" in state)) return undefined;
  return { bucket: state.bucket, key: state.key ?? `${name}/terraform.tfstate` };
}

// https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
const tagCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
// IAM refuses a role with two tags that differ in case alone
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules_creating).
const inOneCase = (keys: readonly string[]) => keys.map((key) => key.toLowerCase());
const ownTags = ["AmazonECSManaged", "Environment", "ManagedBy", "Name"];
const tagKeyAllowed =
  "1 to 128 letters, digits, spaces or _.:/=+-@, not beginning with aws:, " +
  `none of ${ownTags.join(", ")} in any case, which the stack sets`;
const tagKey = text(tagCharacters, tagKeyAllowed)
  .min(1, tagKeyAllowed)
  .max(128, tagKeyAllowed)
  .refine(
    (key) => !/^aws:/i.test(key) && !inOneCase(ownTags).includes(key.toLowerCase()),
    tagKeyAllowed,
  );
const tagValueAllowed = "text of up to 256 letters, digits, spaces or _.:/=+-@";
// AWS allows 50, of which the stack and AWS itself take some.
const tagsAllowed =
  "an object from tag to value, 40 or fewer, no two of which differ in case alone";
export const tagsSchema = z
  .record(tagKey, text(tagCharacters, tagValueAllowed).max(256, tagValueAllowed), tagsAllowed)
  .refine(
    (tags) => {
      const keys = inOneCase(Object.keys(tags));
      return keys.length <= 40 && new Set(keys).size === keys.length;
    },
    { error: tagsAllowed },
  )
  .default({})
  .describe(
    "Tags of all resources, hosts, volumes and tasks, in addition to Environment and ManagedBy",
  );
