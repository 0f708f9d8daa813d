import { beforeEach, describe, expect, it } from "vitest";
import { memoryStorage, type SafeStorage, safeStorage } from "./page-storage";
import { full, moodyStorage, type MoodyStorage, refused } from "./storage.testing";

let database: MoodyStorage;
let storage: SafeStorage;
let refusals: string[];

beforeEach(() => {
  database = moodyStorage();
  refusals = [];
  storage = safeStorage(database, (kept) => refusals.push(kept));
});

describe("memory storage", () => {
  it("keeps a clone, as a database does", async () => {
    const memory = memoryStorage();
    const value = { list: [1] };
    await memory.put("settings", "a", value);
    value.list.push(2);
    expect(await memory.get("settings", "a")).toEqual({ list: [1] });
    expect(await memory.get("settings", "b")).toBeUndefined();
  });
});

describe("safe storage", () => {
  it("keeps in the database", async () => {
    expect(await storage.put("documents", "a", 1)).toBe("saved");
    expect(await database.get("documents", "a")).toBe(1);
    expect(refusals).toEqual([]);
  });

  it("keeps in memory what a full disk refuses, and says so", async () => {
    database.mood = full();
    expect(await storage.put("documents", "a", 1)).toBe("failed");
    expect(await storage.get("documents", "a")).toBe(1);
    expect(refusals).toEqual(["failed"]);
  });

  it("keeps in memory where there is no database at all", async () => {
    database.mood = refused();
    expect(await storage.put("documents", "a", 1)).toBe("memory");
    expect(await storage.all("documents")).toEqual([{ key: "a", value: 1 }]);
  });

  it("tries again, and has the newer of both until then", async () => {
    await storage.put("documents", "a", "old");
    database.mood = full();
    await storage.put("documents", "a", "new");
    expect(await storage.all("documents")).toEqual([{ key: "a", value: "new" }]);
    database.mood = null;
    expect(await storage.put("documents", "a", "newest")).toBe("saved");
    expect(await storage.all("documents")).toEqual([{ key: "a", value: "newest" }]);
    expect(await database.get("documents", "a")).toBe("newest");
  });

  it("removes from both", async () => {
    await storage.put("documents", "a", 1);
    await storage.remove("documents", "a");
    expect(await storage.get("documents", "a")).toBeUndefined();
  });
});
