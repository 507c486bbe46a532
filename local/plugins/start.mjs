// What runs before TypeScript can: plain JavaScript, so that an old Node says what is missing instead of a syntax error.
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

const [plugin, ...args] = process.argv.slice(2);
if (Number.parseInt(process.versions.node, 10) < 24) {
  console.error(
    `The stand-in plugins need Node 24 or newer, this is ${process.version}: run npm install in the checkout.`,
  );
  process.exit(1);
}
// Compiled code is kept between runs: an engine starts each plugin anew for every command.
const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
module.enableCompileCache(process.env.NODE_COMPILE_CACHE || join(cache, "breakwater", "compile"));

const { start } = await import(`./${plugin}/main.ts`);
await start(args);
