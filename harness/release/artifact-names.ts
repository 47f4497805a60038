/** The package, as `npm pack` names it. */
export const tarballName = (version: string): string => `srv-dialer-${version}.tgz`;

/** The Terraform modules. */
export const archiveName = (version: string): string => `terraform-modules-${version}.tar.gz`;

/** What the package consists of. */
export const sbomName = (version: string): string => `srv-dialer-${version}.spdx.json`;

/** The SHA-256 of the others, as `sha256sum` writes and checks them. */
export const CHECKSUMS = "SHA256SUMS";
