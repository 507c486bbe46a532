import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type pg from "pg";
import type { Connections } from "./connections.ts";
import { Refusal } from "./http.ts";

/** Resumes: their content in the documents bucket, which nobody else reads, and what is known of them in a table. */

type Documents = NonNullable<Connections["documents"]>;

const MAX_BYTES = 10 * 1024 * 1024;
const TYPES = [
  "application/msword",
  "application/pdf",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  "text/plain",
];

export interface Resume {
  id: string;
  name: string;
  type: string;
  size: number;
}

/** Takes the body as it comes, never the whole of it. @throws Refusal for what is no document */
export async function upload(
  postgres: pg.Pool,
  documents: Documents,
  account: string,
  name: string,
  request: IncomingMessage,
): Promise<Resume> {
  const type = request.headers["content-type"] ?? "";
  const size = Number(request.headers["content-length"]);
  if (!TYPES.includes(type)) throw new Refusal(415, `send one of ${TYPES.join(", ")}`);
  if (!Number.isInteger(size) || size <= 0) throw new Refusal(411, "say how long it is");
  if (size > MAX_BYTES) throw new Refusal(413, `at most ${MAX_BYTES} bytes`);
  const id = crypto.randomUUID();
  await documents.client.send(
    new PutObjectCommand({
      ...{
        Bucket: documents.bucket,
        Key: keyOf(account, id),
        Body: request,
        ContentLength: size,
        ContentType: type,
      },
      CacheControl: "private, no-store",
    }),
  );
  // The row comes last: what is listed can be read.
  await postgres.query("INSERT INTO resume (id, account, name, type, size) VALUES ($1, $2, $3, $4, $5)", [
    ...[id, account, name, type],
    size,
  ]);
  return { id, name, type, size };
}

export async function list(postgres: pg.Pool, account: string): Promise<Resume[]> {
  const { rows } = await postgres.query(
    "SELECT id, name, type, size::int FROM resume WHERE account = $1 ORDER BY created_at, id",
    [account],
  );
  return rows;
}

/** @throws Refusal 404 for what is not there or another's */
export async function download(
  postgres: pg.Pool,
  documents: Documents,
  account: string,
  id: string,
  response: ServerResponse,
): Promise<void> {
  const { rows } = await postgres.query(
    "SELECT name, type, size::int FROM resume WHERE account = $1 AND id::text = $2",
    [account, id],
  );
  const [resume] = rows;
  if (!resume) throw new Refusal(404, "not found");
  const { Body } = await documents.client.send(
    new GetObjectCommand({ Bucket: documents.bucket, Key: keyOf(account, id) }),
  );
  if (!(Body instanceof Readable)) throw new Error("the bucket gave no stream");
  response.writeHead(200, {
    "content-type": resume.type,
    "content-length": resume.size,
    "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(resume.name)}`,
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
  });
  await pipeline(Body, response);
}

const keyOf = (account: string, id: string) => `resumes/${account}/${id}`;
