// The place from which hosts pull the image of Redis: the image's registry, or a mirror in ECR.

interface Mirrored {
  readonly image: string;
  readonly imageMirror?: string | undefined;
}

/** Matches a prefix in ECR. Groups: account, region, DNS suffix, path. */
export const mirrorPattern =
  /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.(amazonaws\.com(?:\.cn)?)((?:\/[a-z0-9][a-z0-9._-]*)*)$/;

/**
 * The image that hosts pull. A mirror keeps the image's path in its registry, as ECR's pull-through cache
 * does: `public.ecr.aws/docker/library/redis:8` becomes `<mirror>/docker/library/redis:8`.
 */
export function pulledImage({ image, imageMirror }: Mirrored): string {
  return imageMirror === undefined ? image : `${imageMirror}/${pathInRegistry(image)}`;
}

/** A name without a registry is on Docker Hub, where official images are under `library`. */
function pathInRegistry(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const isRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first);
  if (isRegistry) return rest.join("/");
  return rest.length === 0 ? `library/${image}` : image;
}
