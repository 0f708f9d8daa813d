import { float16Bits, float32Bits } from "../float16";
import { rawForm } from "../raw-form";

/** 16 bits for each value: `16 N` bits. Only for tensors of which every value is exactly a half. */
export const float16 = rawForm({
  label: "f16",
  width: 16,
  toSymbols(bits) {
    const halves = new Uint16Array(bits.length);
    for (let i = 0; i < bits.length; i++) {
      const half = float16Bits(bits[i]!);
      if (half < 0) return undefined;
      halves[i] = half;
    }
    return halves;
  },
  toBits(halves) {
    const bits = new Uint32Array(halves.length);
    for (let i = 0; i < halves.length; i++) bits[i] = float32Bits(halves[i]!);
    return bits;
  },
});
