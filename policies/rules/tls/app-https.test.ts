import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { appHttps } from "./app-https.ts";

const app = (liveUrl: unknown, provider = {}) => [
  resource(types.app, { spec: { name: "api" } }, { outputs: { liveUrl }, provider }),
];

cases(appHttps, {
  good: {
    https: app("https://api.example.com"),
    "an address that the first update will tell": app(unknown),
    "no address": app(undefined),
    "an app on this machine": app("http://127.0.0.1:8081", { apiEndpoint: "http://127.0.0.1:7480" }),
  },
  bad: { http: [app("http://203.0.113.1"), "liveUrl", /over http.*certificate/] },
});
