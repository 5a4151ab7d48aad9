// Where the server's program is.

import { posix, win32 } from "node:path";

export const install = "go install github.com/semantic-ls/semantic-ls/cmd/semantic-ls@latest";

export interface Places {
  /** The setting semantic-ls.server.path; empty: not set. */
  setting: string;
  /** The extension's own folder. */
  extension: string;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  /** Whether a file can be executed. */
  executable(path: string): boolean;
}

export class NotFound extends Error {}

/**
 * The program to start: the setting, else the one bundled in bin/, else one on the PATH, else one where `go install`
 * puts it (an editor started from a desktop often doesn't have that folder on its PATH). Throws NotFound, with the way
 * out in its message; a setting that leads nowhere is not passed over.
 */
export function locate(places: Places): string {
  const path = places.platform === "win32" ? win32 : posix;
  const setting = places.setting.trim();
  if (setting !== "") {
    const named = setting.startsWith("~/") ? path.join(places.home, setting.slice(2)) : setting;
    if (path.isAbsolute(named) && places.executable(named)) {
      return named;
    }
    throw new NotFound(
      `the setting semantic-ls.server.path names "${setting}", which is not ` +
        (path.isAbsolute(named) ? "an executable file" : "an absolute path"),
    );
  }
  const program = places.platform === "win32" ? "semantic-ls.exe" : "semantic-ls";
  for (const folder of [path.join(places.extension, "bin"), ...searched(places, path)]) {
    const candidate = path.join(folder, program);
    if (places.executable(candidate)) {
      return candidate;
    }
  }
  throw new NotFound(`the program semantic-ls was not found. Install it with "${install}", or set semantic-ls.server.path`);
}

function searched(places: Places, path: typeof posix): string[] {
  const { env } = places;
  // Windows writes "Path".
  const variable = Object.keys(env).find((name) => name.toUpperCase() === "PATH");
  const onPath = (variable === undefined ? "" : (env[variable] ?? "")).split(path.delimiter);
  const goPath = (env["GOPATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const go = [env["GOBIN"] ?? "", ...goPath.map((folder) => path.join(folder, "bin")), path.join(places.home, "go", "bin")];
  // A relative entry would be looked up in whatever folder is open.
  return [...onPath, ...go].filter((folder) => path.isAbsolute(folder));
}
