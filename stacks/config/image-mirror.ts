// Where hosts pull the image of Redis from: its own registry, or a mirror in ECR.

interface Mirrored {
  readonly image: string;
  readonly imageMirror?: string | undefined;
}

/** Account, region, DNS suffix and prefix of a place in ECR. */
export const mirrorPattern =
  /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.(amazonaws\.com(?:\.cn)?)((?:\/[a-z0-9][a-z0-9._-]*)*)$/;

/**
 * What hosts pull. A mirror has the path that the image has in its registry, as a pull-through cache of
 * ECR does: `public.ecr.aws/docker/library/redis:8` is `<mirror>/docker/library/redis:8`.
 */
export function pulledImage({ image, imageMirror }: Mirrored): string {
  return imageMirror === undefined ? image : `${imageMirror}/${pathInRegistry(image)}`;
}

/** A name without a registry is of Docker Hub, which keeps official images under library. */
function pathInRegistry(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const isRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first);
  if (isRegistry) return rest.join("/");
  return rest.length === 0 ? `library/${image}` : image;
}
