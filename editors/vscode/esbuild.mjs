// Bundles the extension into dist/, with the licenses of what is bundled and the schema of the user's file of settings;
// with --tests each test into out/test/.
// --production leaves out source maps.
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";

const tests = process.argv.includes("--tests");
const production = process.argv.includes("--production");
const folder = tests ? "out/test" : "dist";

rmSync(folder, { recursive: true, force: true });
const { metafile } = await esbuild.build({
  entryPoints: tests
    ? readdirSync("test").flatMap((name) => (name.endsWith(".test.ts") ? [`test/${name}`] : []))
    : ["src/extension.ts"],
  outdir: folder,
  bundle: true,
  platform: "node",
  // The Node of VS Code 1.91's extension host.
  target: "node20",
  format: "cjs",
  ...(tests ? { alias: { vscode: "./test/fake/vscode.ts" } } : { external: ["vscode"] }),
  minify: production,
  sourcemap: !production,
  metafile: true,
  logLevel: "warning",
});
if (!tests) {
  writeFileSync(join(folder, "third-party-licenses.txt"), licenses(Object.keys(metafile.inputs)));
  copyFileSync("../../docs/settings.schema.json", join(folder, "settings.schema.json"));
}

/** The license of every package that a bundled file comes from. Fails if a package has none. */
function licenses(files) {
  const packages = new Set(files.map((file) => /^.*node_modules\/((@[^/]+\/)?[^/]+)/.exec(file)?.[0]).filter(Boolean));
  return [...packages]
    .sort()
    .map((path) => {
      const { name, version } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
      const license = readdirSync(path).find((file) => /^licen[cs]e/i.test(file));
      if (!license) {
        throw new Error(`${name} ${version} is bundled and has no license file`);
      }
      return `${name} ${version}\n\n${readFileSync(join(path, license), "utf8").trim()}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}
