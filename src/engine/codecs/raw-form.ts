/** What the forms without an alphabet share: a symbol is the value's own bits, nothing is stored beside it. */
import type { Symbols } from "./bitpack";
import type { ValueForm } from "./value-form";

export function rawForm(form: {
  readonly label: string;
  readonly width: number;
  /** Undefined when a value would not come back exactly. +0 must become 0. */
  readonly toSymbols: (float32Bits: Uint32Array) => Symbols | undefined;
  readonly toBits: (symbols: Symbols) => Uint32Array;
}): ValueForm {
  return {
    rawWidth: form.width,
    label: () => form.label,
    prepare({ bits }) {
      const symbols = form.toSymbols(bits);
      return (
        symbols && { symbols, content: { kind: "raw", width: form.width }, tableSizes: () => [], tables: () => [] }
      );
    },
    restore: (symbols) => ({ values: new Float32Array(form.toBits(symbols).buffer) }),
  };
}
