import { beforeAll, describe, expect, it } from "vitest";
import type { TakenDecision } from "./decisions";
import { runTiny, startTiny, tinyDocument, tinyPlatform } from "./tiny.testing";
import { traceCodes } from "./widths";

const kernel = (values: readonly number[], levels?: readonly number[]) => ({
  values: Float32Array.from(values),
  state: levels && { quantizer: { kind: "codebook", values: Float32Array.from(levels) } as const },
});

describe("codes of a kernel", () => {
  it("are counted for an output and for all, before and after", () => {
    // Two outputs, row by row: [1, 1, 3] and [2, 2, 2.5].
    const before = kernel([1, 2, 1, 2, 3, 2.5]);
    const after = kernel([1, 2, 1, 2, 1, 2], [0, 1, 2]);
    expect(traceCodes(before, after, 2)).toEqual({
      before: { bits: 32, levels: 2, codes: 4 },
      // Three levels take two bits.
      after: { bits: 2, levels: 1, codes: 2 },
    });
  });

  it("are not told where only weights moved under a quantizer", () => {
    const before = kernel([1, 0], [0, 1]);
    expect(traceCodes(before, { ...before, values: Float32Array.of(0, 0) }, 2)).toBeUndefined();
  });
});

describe("a run", () => {
  beforeAll(startTiny);

  const decisionsOf = async (block: string, steps: number, params: Record<string, number>) => {
    const taken: TakenDecision[] = [];
    await runTiny(tinyDocument([{ block, steps, params }]), {
      platform: await tinyPlatform(),
      observer: { onDecision: (trace) => void (trace.kind === "taken" && taken.push(trace)) },
    });
    return taken;
  };
  const widthsOf = ({ layers }: TakenDecision) => layers.flatMap(({ codes }) => (codes ? [codes.after.bits] : []));

  it("tells what an instant quantizer decides as it begins", async () => {
    const [decision, ...others] = await decisionsOf("quant.affine-int8", 0, { wBits: 3, edgeBits: 5, aBits: 6 });
    expect(others).toEqual([]);
    expect(decision).toMatchObject({ round: 0, step: 0 });
    expect(widthsOf(decision!)).toEqual([5, 3, 5]);
    for (const { codes } of decision!.layers) {
      expect(codes!.before.bits).toBe(32);
      expect(codes!.after.levels).toBeLessThanOrEqual(2 ** codes!.after.bits - 1);
    }
    expect(new Set(decision!.activations!.map(({ before, after }) => `${before} to ${after}`))).toEqual(
      new Set(["32 to 5", "32 to 6"]),
    );
  });

  it("tells weights and activations apart where they are quantized one after the other", async () => {
    const taken = await decisionsOf("quant.qat-fake-quant", 8, { wBits: 3, edgeBits: 4, activationDelay: 0.5 });
    expect(taken.map((decision) => [decision.step, widthsOf(decision).length, decision.activations?.length])).toEqual([
      [0, 3, undefined],
      [4, 0, 3],
    ]);
  });
});
