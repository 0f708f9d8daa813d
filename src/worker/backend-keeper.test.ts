import { expect, it } from "vitest";
import { EngineError } from "#engine/core/errors";
import { BackendKeeper } from "./backend-keeper";
import type { BackendReport, RequestedBackend } from "./protocol";

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Has wasm and cpu; `auto` takes wasm. */
function open() {
  const asked: RequestedBackend[] = [];
  const state = { busy: false, preparing: 0 };
  const prepare = async (requested: RequestedBackend): Promise<BackendReport> => {
    asked.push(requested);
    expect(++state.preparing).toBe(1);
    await settle();
    state.preparing--;
    if (requested === "webgpu") throw new EngineError("backend-unavailable", "none");
    return { backend: requested === "auto" ? "wasm" : requested } as BackendReport;
  };
  return { keeper: new BackendKeeper(prepare, () => state.busy), asked, state };
}

it("prepares auto by itself, once", async () => {
  const { keeper, asked } = open();
  expect(await Promise.all([keeper.current(), keeper.current()])).toMatchObject([
    { backend: "wasm" },
    { backend: "wasm" },
  ]);
  expect(asked).toEqual(["auto"]);
});

it("keeps what was asked for, and prepares it once", async () => {
  const { keeper, asked } = open();
  await keeper.prepare("cpu");
  await keeper.prepare("cpu");
  expect((await keeper.current()).backend).toBe("cpu");
  expect(asked).toEqual(["cpu"]);
});

it("takes auto where what was asked for is not to be had", async () => {
  const { keeper, asked } = open();
  const refused = expect(keeper.prepare("webgpu")).rejects.toMatchObject({ code: "backend-unavailable" });
  // Computing need not wait for the refusal.
  expect((await keeper.current()).backend).toBe("wasm");
  await refused;
  expect(asked).toEqual(["webgpu", "auto"]);
});

it("changes it while nothing computes, one after the other", async () => {
  const { keeper, asked, state } = open();
  await Promise.all([keeper.prepare("wasm"), keeper.prepare("cpu")]);
  expect([(await keeper.current()).backend, asked]).toEqual(["cpu", ["wasm", "cpu"]]);
  state.busy = true;
  await expect(keeper.prepare("wasm")).rejects.toMatchObject({
    code: "backend-unavailable",
    details: { requested: "wasm" },
  });
  expect((await keeper.prepare("cpu")).backend).toBe("cpu");
});
