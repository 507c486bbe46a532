import assert from "node:assert/strict";
import { test } from "node:test";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { startCloud } from "./index.ts";
import { Judge, skip } from "./judge.ts";
import { ApiDescription, DESCRIPTION } from "./openapi.ts";
import { Client, temporaryFolder } from "./testing.ts";

test("every answer on Spaces keys and CDN endpoints is as DigitalOcean describes it", { skip }, async (t) => {
  const running = await startCloud({ home: temporaryFolder(t), port: 0 });
  t.after(() => running.close());
  const { spaces, spacesKey: credentials } = running;
  const s3 = new S3Client({ endpoint: spaces.proxy, region: "fra1", forcePathStyle: true, credentials });
  t.after(() => s3.destroy());
  await s3.send(new CreateBucketCommand({ Bucket: "docs" }));
  const cloud = new Judge(new Client(running), new ApiDescription(DESCRIPTION));

  const keys = "/v2/spaces/keys";
  const key = await cloud.make<{ access_key: string }>(keys, {
    name: "one",
    grants: [{ bucket: "docs", permission: "read" }],
  });
  await cloud.post(keys, { name: "full", grants: [{ bucket: "", permission: "fullaccess" }] });
  await cloud.post(keys, { grants: [] });
  for (const path of ["", "?name=one", "?bucket=docs&per_page=1", `/${key.access_key}`, "/none"])
    await cloud.get(keys + path);
  await cloud.put(`${keys}/${key.access_key}`, { name: "two", grants: [] });
  await cloud.patch(`${keys}/${key.access_key}`, { name: "three" });
  await cloud.delete(`${keys}/${key.access_key}`);

  const cdn = "/v2/cdn/endpoints";
  const endpoint = await cloud.make(cdn, { origin: "docs.fra1.digitaloceanspaces.com", ttl: 600 });
  await cloud.post(cdn, { origin: "none.nyc3.digitaloceanspaces.com" });
  const at = `${cdn}/${endpoint.id}`;
  for (const path of [cdn, at, `${cdn}/00000000-0000-4000-8000-000000000000`]) await cloud.get(path);
  await cloud.put(at, { ttl: 60 });
  await cloud.put(at, { custom_domain: "static.example.com", certificate_id: "none" });
  await cloud.delete(`${at}/cache`, { files: ["a/*"] });
  await cloud.delete(at);
  assert.deepEqual(cloud.violations, []);
  assert.ok(cloud.seen.size > 12, `only ${cloud.seen.size} different calls were made`);
});
