import assert from "node:assert/strict";
import { test } from "node:test";
import { install, locate, NotFound, type Places } from "../src/locate";

function places(files: string[], part: Partial<Places> = {}): Places {
  return {
    setting: "",
    extension: "/ext",
    home: "/home/me",
    env: { PATH: "/usr/bin:/opt/bin" },
    platform: "linux",
    executable: (path) => files.includes(path),
    ...part,
  };
}

test("the setting comes first, then the bundled program, the PATH, and go install's folder", () => {
  const files = ["/mine/ls", "/ext/bin/semantic-ls", "/opt/bin/semantic-ls", "/home/me/go/bin/semantic-ls"];
  assert.equal(locate(places(files, { setting: "/mine/ls" })), "/mine/ls");
  assert.equal(locate(places(files)), "/ext/bin/semantic-ls");
  assert.equal(locate(places(files.slice(2))), "/opt/bin/semantic-ls");
  assert.equal(locate(places(files.slice(3))), "/home/me/go/bin/semantic-ls");
});

test("GOBIN and GOPATH say where go install puts it", () => {
  const env = { PATH: "", GOBIN: "/gobin", GOPATH: "/go1:/go2" };
  assert.equal(locate(places(["/gobin/semantic-ls", "/go2/bin/semantic-ls"], { env })), "/gobin/semantic-ls");
  assert.equal(locate(places(["/go2/bin/semantic-ls"], { env })), "/go2/bin/semantic-ls");
});

test("a setting may begin with the home directory", () => {
  assert.equal(locate(places(["/home/me/bin/ls"], { setting: "~/bin/ls" })), "/home/me/bin/ls");
});

test("a setting that leads nowhere is an error, not passed over", () => {
  const files = ["/usr/bin/semantic-ls", "rel/ls"];
  assert.throws(() => locate(places(files, { setting: "/gone" })), (error: Error) => {
    assert.ok(error instanceof NotFound);
    assert.match(error.message, /semantic-ls\.server\.path names "\/gone"/);
    return true;
  });
  assert.throws(() => locate(places(files, { setting: "rel/ls" })), /not an absolute path/);
});

test("a relative entry of the PATH is never used", () => {
  assert.throws(() => locate(places(["bin/semantic-ls", "./semantic-ls"], { env: { PATH: ".:bin:" } })), NotFound);
});

test("a missing program says how to install it", () => {
  assert.throws(() => locate(places([])), (error: Error) => {
    assert.ok(error instanceof NotFound);
    assert.ok(error.message.includes(install));
    return true;
  });
});

test("on Windows the program has a suffix and the variable another case", () => {
  const found = locate(
    places(["C:\\tools\\semantic-ls.exe"], {
      platform: "win32",
      extension: "C:\\ext",
      home: "C:\\Users\\me",
      env: { Path: "C:\\Windows;C:\\tools" },
    }),
  );
  assert.equal(found, "C:\\tools\\semantic-ls.exe");
});
