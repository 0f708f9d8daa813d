import { rawForm } from "../raw-form";

/** 32 bits for each value: `32 N` bits. Holds anything. */
export const float32 = rawForm({
  label: "f32",
  width: 32,
  toSymbols: (bits) => bits,
  toBits: (symbols) => new Uint32Array(symbols),
});
