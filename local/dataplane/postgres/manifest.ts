import { createHash } from "node:crypto";
import * as z from "zod";
import { RestoreError } from "./archive.ts";

/** The list of a base backup's files that the server made (https://www.postgresql.org/docs/17/backup-manifest-format.html). */

export const MANIFEST = "backup_manifest";

export interface ListedFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly digest: string;
}

const Manifest = z.object({
  Files: z.array(
    z.object({
      Path: z.string().optional(),
      /** Hexadecimal, for a name that is no UTF-8. */
      "Encoded-Path": z.string().optional(),
      Size: z.int(),
      "Checksum-Algorithm": z.literal("SHA256"),
      Checksum: z.string(),
    }),
  ),
});

/** @throws RestoreError when the list itself was changed */
export function readManifest(text: Buffer): ListedFile[] {
  const end = text.lastIndexOf('"Manifest-Checksum"');
  const digest = /"Manifest-Checksum": *"([0-9a-f]{64})"/.exec(
    text.subarray(Math.max(end, 0)).toString(),
  )?.[1];
  if (end < 0 || digest !== createHash("sha256").update(text.subarray(0, end)).digest("hex"))
    throw new RestoreError(`the backup's list of files (${MANIFEST}) is damaged: choose another backup`);
  return Manifest.parse(JSON.parse(text.toString())).Files.map((file) => ({
    path: file.Path ?? Buffer.from(file["Encoded-Path"] ?? "", "hex").toString(),
    bytes: file.Size,
    digest: file.Checksum,
  }));
}

/** @throws RestoreError that names the first file that is not as listed */
export function checkManifest(files: readonly ListedFile[], digests: ReadonlyMap<string, string>): void {
  for (const { path, digest } of files) if (digests.get(path) !== digest) throw damaged(path);
}

export const damaged = (path: string): RestoreError =>
  new RestoreError(`file ${path} of the backup is missing or damaged: choose another backup`);
