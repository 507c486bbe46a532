// The pack enters through JavaScript: the pack runner would hand a TypeScript entry to ts-node, while Node itself
// runs the TypeScript behind this file as it is. It loads the entry with require(), hence CommonJS.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// The published package has JavaScript alone: Node refuses TypeScript in node_modules.
const published = !existsSync(join(__dirname, "index.ts"));
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (!published && (major < 22 || (major === 22 && minor < 18))) {
  console.error(
    `The policy pack needs Node 22.18 or newer; this is ${process.versions.node}. Install Node 24.`,
  );
  process.exit(1);
}
module.exports = published ? import("./dist/index.js") : import("./index.ts");
