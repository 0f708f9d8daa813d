/**
 * The contract of a value form: how each weight becomes a small number (its symbol) and what must be stored beside the
 * symbols to turn them back, exactly. One file for each form in `forms/`; `value-forms.ts` lists them.
 */
import type { Symbols } from "./bitpack";
import type { EffectiveTensor } from "./effective-tensor";
import type { QuantizerHeader } from "./header";
import type { Stream, StreamSet, StreamSize } from "./streams";

/**
 * The symbols that a stored tensor uses: `first`, `first + 1`, ... `first + count - 1`. Symbol 0 is +0; it is left out
 * (`first` is 1) where no zero is stored, so that a dense tensor of two values costs one bit, and its table one entry less.
 */
export interface Alphabet {
  readonly first: 0 | 1;
  readonly count: number;
}

export interface PreparedForm {
  /** Symbol of each weight. */
  readonly symbols: Symbols;
  /** Raw forms: bits of a symbol. Others: occurrences of each symbol, cut after the last that occurs. */
  readonly content:
    { readonly kind: "raw"; readonly width: number } | { readonly kind: "symbols"; readonly counts: Uint32Array };
  /** Sizes of the streams beside the symbols. */
  readonly tableSizes: (alphabet: Alphabet) => readonly StreamSize[];
  readonly tables: (alphabet: Alphabet) => readonly Stream[];
}

/** What a decoder knows besides the symbols. */
export interface RestoreContext {
  readonly alphabet: Alphabet;
  readonly streams: StreamSet;
  readonly count: number;
  /** What the file says of the parameter's quantizer. */
  readonly quantizer: QuantizerHeader | undefined;
}

export interface Restored {
  readonly values: Float32Array;
  /** Where the form holds the codes of the parameter's quantizer: their table. */
  readonly table?: Float32Array;
}

export interface ValueForm {
  /** Bits of a symbol of a raw form; undefined for a form with an alphabet. */
  readonly rawWidth?: number;
  /** For people: what is stored of a weight, e.g. `5-bit codes`. */
  label(alphabet: Alphabet, width: number): string;
  /** @returns undefined when the form cannot hold these values exactly */
  prepare(tensor: EffectiveTensor): PreparedForm | undefined;
  /**
   * @param symbols of each weight, all in the alphabet (or 0 where nothing is stored)
   * @throws EngineError `invalid-file` when tables and symbols do not fit
   */
  restore(symbols: Symbols, context: RestoreContext): Restored;
}
