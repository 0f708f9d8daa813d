import { packFloats, unpackFloats } from "../bitpack";
import type { ValueForm } from "../value-form";

/**
 * Indices into a table of the tensor's distinct values (weight sharing, Han et al. 2016): `n ceil(log2 K) + 32 K` bits.
 * The table is rising, with zero, where it is stored, in front. For any tensor of at most 256 distinct values besides zero.
 */
export const codebook: ValueForm = {
  label: (_, width) => `${width}-bit codebook indices`,
  prepare(tensor) {
    const distinct = tensor.distinct();
    return (
      distinct && {
        symbols: distinct.symbols,
        content: { kind: "symbols", counts: distinct.counts },
        tableSizes: ({ count }) => [{ stream: "codebook", bits: 32 * count }],
        tables: ({ first }) => [
          {
            stream: "codebook",
            bytes: packFloats(first === 0 ? Float32Array.of(0, ...distinct.values) : distinct.values),
          },
        ],
      }
    );
  },
  restore(symbols, { alphabet, streams }) {
    const table = unpackFloats(streams.get("codebook", 4 * alphabet.count), alphabet.count);
    const values = new Float32Array(symbols.length);
    for (let i = 0; i < symbols.length; i++) {
      const index = symbols[i]! - alphabet.first;
      if (index >= 0) values[i] = table[index]!;
    }
    return { values };
  },
};
