import { describe, expect, it } from "vitest";
import { createFileStore } from "./file-store";
import { type KeyValues, laterKeyValues, memoryKeyValues } from "./key-values";
import { stateCache } from "./state-cache";

const bytes = (...values: number[]) => Uint8Array.from(values);
const failing = (error: Error): KeyValues => {
  const fail = () => Promise.reject(error);
  return { get: fail, set: fail, delete: fail, touch: fail, list: fail };
};
const never = (error: unknown) => {
  throw error;
};

describe("memoryKeyValues", () => {
  it.each([
    ["at once", memoryKeyValues()],
    ["once it is open", laterKeyValues(Promise.resolve(memoryKeyValues()))],
  ])("keeps copies %s", async (_, store) => {
    const given = bytes(1, 2);
    await store.set("a", given);
    given[0] = 9;
    const got = await store.get("a");
    expect(got).toEqual(bytes(1, 2));
    got![0] = 9;
    expect(await store.get("a")).toEqual(bytes(1, 2));
    expect(await store.list()).toMatchObject([{ key: "a", bytes: 2 }]);
    await store.delete("a");
    expect(await store.get("a")).toBeUndefined();
  });
});

describe("stateCache", () => {
  it("forgets the least recently used beyond its limit", async () => {
    const cache = stateCache(memoryKeyValues(), never, 10);
    for (const key of ["a", "b", "c"]) await cache.set(key, new Uint8Array(3));
    await cache.get("a");
    await cache.set("d", new Uint8Array(4));
    const kept = await Promise.all(["a", "b", "c", "d"].map(async (key) => (await cache.get(key))?.length));
    // 3 + 3 + 4 fit; b was the one longest unused.
    expect(kept).toEqual([3, undefined, 3, 4]);
  });

  it("counts what it overwrites once, and leaves out what never fits", async () => {
    const cache = stateCache(memoryKeyValues(), never, 10);
    await cache.set("a", new Uint8Array(4));
    await cache.set("b", new Uint8Array(6));
    await cache.set("b", new Uint8Array(5));
    await cache.set("c", new Uint8Array(11));
    expect([(await cache.get("a"))?.length, (await cache.get("b"))?.length, await cache.get("c")]).toEqual([
      4,
      5,
      undefined,
    ]);
  });

  it("forgets rather than fails when its store does", async () => {
    const seen: unknown[] = [];
    const quota = new Error("no room");
    const cache = stateCache(failing(quota), (error) => seen.push(error));
    await cache.set("a", bytes(1));
    expect(await cache.get("a")).toBeUndefined();
    expect(seen).toEqual([quota, quota]);
  });
});

describe("createFileStore", () => {
  const open = async () => {
    const store = createFileStore(memoryKeyValues());
    await store.put("model", "net-1", [
      { name: "model.json", bytes: bytes(1) },
      { name: "shards/w.bin", bytes: bytes(2, 3) },
    ]);
    await store.put("dataset", "data-2", [{ name: "d.npz", bytes: bytes(4) }]);
    return store;
  };

  it("reads files by folder and name, and those beside them", async () => {
    const store = await open();
    expect(await store.read("net-1/model.json")).toEqual(bytes(1));
    expect(await store.list("net-1/model.json")).toBeNull();
    expect(await store.list("net-1")).toEqual(["model.json", "shards/w.bin"]);
    expect(await store.read(store.sibling("net-1/model.json", "shards/w.bin"))).toEqual(bytes(2, 3));
    expect(await store.read(store.sibling("data-2", "d.npz"))).toEqual(bytes(4));
  });

  it.each(["net-1/none", "net", "net-1/shards", "../net-1/model.json", ""])("has no '%s'", async (ref) => {
    const store = await open();
    await expect(store.read(ref)).rejects.toMatchObject({ code: "asset-missing", details: { ref } });
    await expect(store.list(ref)).rejects.toMatchObject({ code: "asset-missing" });
  });

  it("lists folders with what they hold, and forgets them", async () => {
    const store = await open();
    expect(await store.items()).toEqual([
      { folder: "net-1", kind: "model", names: ["model.json", "shards/w.bin"], bytes: 3 },
      { folder: "data-2", kind: "dataset", names: ["d.npz"], bytes: 1 },
    ]);
    expect([await store.forget("net-1"), await store.forget("net-1")]).toEqual([true, false]);
    expect((await store.items()).map(({ folder }) => folder)).toEqual(["data-2"]);
  });
});
