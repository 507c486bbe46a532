// The pack enters through JavaScript: the pack runner would hand a TypeScript entry to ts-node, while Node itself
// runs the TypeScript behind this file as it is. It loads the entry with require(), hence CommonJS.
const { existsSync } = require("node:fs");
const { enableCompileCache, flushCompileCache } = require("node:module");
const { join } = require("node:path");

// The published package has JavaScript alone: Node refuses TypeScript in node_modules.
const published = !existsSync(join(__dirname, "index.ts"));
const { env, versions } = process;
const [major = 0, minor = 0] = versions.node.split(".").map(Number);
if (!published && (major < 22 || (major === 22 && minor < 18))) {
  console.error(`The policy pack needs Node 22.18 or newer; this is ${versions.node}. Install Node 24.`);
  process.exit(1);
}

// What Node makes of the sources is kept for the next start. Never in a folder for temporary files: others could put code there.
const caches = env.XDG_CACHE_HOME || (env.HOME && join(env.HOME, ".cache"));
const folder = env.NODE_COMPILE_CACHE || (caches && join(caches, "breakwater", "policies"));
if (folder) enableCompileCache?.(folder);

module.exports = (published ? import("./dist/index.js") : import("./index.ts")).then(() => {
  // Node would write the cache when it ends by itself, and the engine kills a pack that it has done with.
  setImmediate(() => flushCompileCache?.());
});
