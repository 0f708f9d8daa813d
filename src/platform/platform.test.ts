import { createServer } from "node:http";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBrowserPlatform } from "./browser";
import { createDiskCache } from "./disk-cache";
import { createMemoryPlatform, memoryCache } from "./memory";
import { createNodePlatform } from "./node";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const folder = mkdtempSync(path.join(os.tmpdir(), "studio-platform-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const files = { "a.bin": bytesOf("shard"), "model/model.json": bytesOf("{}"), "model/w.bin": bytesOf("w") };

/** The Node platform on a folder, the memory platform, and the browser one on a server of the same folder. */
const server = createServer((request, response) => {
  const file = files[decodeURIComponent(request.url ?? "").replace("/base/", "") as keyof typeof files];
  if (file) response.end(file);
  else if (request.url?.includes("page")) response.setHeader("content-type", "text/html").end("<html>");
  else response.writeHead(404).end();
});
beforeAll(async () => {
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(path.join(folder, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(folder, name), bytes);
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => server.close());

const kept = new Map(Object.entries(files));
const platforms = {
  node: () => createNodePlatform({ root: folder, cacheDir: path.join(folder, "cache") }),
  memory: () => createMemoryPlatform({ assets: kept, files: kept }),
  browser: () =>
    createBrowserPlatform({
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`,
      wasmPaths: "",
    }),
};

describe.each(Object.entries(platforms))("%s", (name, create) => {
  it("reads an asset and reports its bytes", async () => {
    const seen: (number | undefined)[][] = [];
    const bytes = await create().assets.read("a.bin", (loaded, total) => seen.push([loaded, total]));
    expect(bytes).toEqual(bytesOf("shard"));
    expect(seen.at(-1)).toEqual([5, 5]);
    expect(await create().assets.read("a.bin")).toEqual(bytesOf("shard"));
  });

  it.each(name === "browser" ? ["none.bin", "page"] : ["none.bin", "../secret"])("has no asset '%s'", async (asset) => {
    await expect(create().assets.read(asset)).rejects.toMatchObject({ code: "asset-missing" });
  });

  // "abc": FIPS 180-4's example.
  it("computes SHA-256", async () => {
    const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(await create().sha256(bytesOf("abc"))).toBe(expected);
  });

  it("gunzips and inflates up to the limit and not beyond", async () => {
    const { gunzip } = create();
    const zeros = new Uint8Array(100_000);
    expect(await gunzip(gzipSync(zeros), 100_000)).toEqual(zeros);
    expect(await gunzip(deflateSync(zeros), 100_000)).toEqual(zeros);
    await expect(gunzip(gzipSync(zeros), 99_999)).rejects.toMatchObject({ code: "corrupt-file" });
  });

  it("refuses what is no gzip, or cut off, or altered", async () => {
    const { gunzip } = create();
    const packed = gzipSync(Uint8Array.from({ length: 1000 }, (_, i) => (i * i) % 251));
    const altered = Uint8Array.from(packed);
    altered[packed.length - 6]! ^= 1; // the CRC
    for (const bytes of [bytesOf("plain"), new Uint8Array(0), packed.subarray(0, 100), altered]) {
      await expect(gunzip(bytes, 10_000)).rejects.toMatchObject({ code: "corrupt-file" });
    }
  });

  it("lets a waiting message in within two yields", async () => {
    const { yieldToHost } = create();
    const { port1, port2 } = new MessageChannel();
    let received = false;
    port1.onmessage = () => (received = true);
    port2.postMessage(null);
    await yieldToHost();
    await yieldToHost();
    port1.close();
    expect(received).toBe(true);
  });

  it("resolves yields in the order of the calls", async () => {
    const { yieldToHost } = create();
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((n) => yieldToHost().then(() => order.push(n))));
    expect(order).toEqual([1, 2, 3]);
  });

  it("has a clock that does not go back", () => {
    const { clock } = create();
    const before = clock.now();
    expect(clock.now()).toBeGreaterThanOrEqual(before);
  });

  it("keeps states", async () => {
    const { cache } = create();
    expect(await cache.get("missing")).toBeUndefined();
    const bytes = bytesOf("state");
    await cache.set("key", bytes);
    bytes[0] = 0;
    expect(await cache.get("key")).toEqual(bytesOf("state"));
  });
});

describe.each([
  ["node", () => createNodePlatform().files, (ref: string) => path.join(folder, ref)],
  ["memory", () => createMemoryPlatform({ files: kept }).files, (ref: string) => ref],
] as const)("user files of %s", (_, create, at) => {
  it("lists a folder, and null for a file", async () => {
    expect(await create().list(at("model"))).toEqual(["model.json", "w.bin"]);
    expect(await create().list(at("model/model.json"))).toBeNull();
    await expect(create().list(at("none"))).rejects.toMatchObject({ code: "asset-missing" });
  });

  it("reads beside a file and in a folder", async () => {
    const user = create();
    expect(await user.read(user.sibling(at("model/model.json"), "w.bin"))).toEqual(bytesOf("w"));
    expect(await user.read(user.sibling(at("model"), "w.bin"))).toEqual(bytesOf("w"));
    await expect(user.read(at("model/none.bin"))).rejects.toMatchObject({ code: "asset-missing" });
  });
});

describe("node only", () => {
  it.each(["/etc/passwd", "../../etc/passwd", "a/../../b"])("does not follow the sibling '%s'", (name) => {
    expect(() => createNodePlatform().files.sibling(path.join(folder, "a.bin"), name)).toThrow("its own folder");
  });

  it("finds the package's public folder and the wasm binaries", async () => {
    const platform = createNodePlatform();
    expect((await platform.assets.read("datasets/mnist/manifest.json")).length).toBeGreaterThan(100);
    expect(readdirSync(platform.wasmPaths as string)).toContain("tfjs-backend-wasm-simd.wasm");
  });
});

describe("a full cache", () => {
  it.each([
    ["memory", () => memoryCache(10)],
    ["disk", () => createDiskCache(mkdtempSync(path.join(folder, "full-")), 10)],
  ])("in %s forgets the state that was used longest ago, and keeps none larger than itself", async (_, create) => {
    const cache = create();
    const pause = () => new Promise((resolve) => setTimeout(resolve, 15));
    await cache.set("a", new Uint8Array(4));
    await pause();
    await cache.set("b", new Uint8Array(4));
    await pause();
    await cache.get("a");
    await pause();
    await cache.set("c", new Uint8Array(4));
    await cache.set("d", new Uint8Array(11));
    const there = await Promise.all(["a", "b", "c", "d"].map(async (key) => (await cache.get(key)) !== undefined));
    expect(there).toEqual([true, false, true, false]);
  });

  it("on disk leaves no temporary file", async () => {
    const at = mkdtempSync(path.join(folder, "tmp-"));
    const cache = createDiskCache(at, 1000);
    await Promise.all(Array.from({ length: 20 }, () => cache.set("same", new Uint8Array(10))));
    expect(readdirSync(at)).toEqual(["same.state"]);
  });
});
