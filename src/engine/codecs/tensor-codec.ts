/**
 * One tensor to streams and back: the smallest lossless pairing of a layout (which weights), a value form (what of
 * each) and a symbol coding (how it is written). Planning computes exact sizes without writing a byte, so the size of a
 * snapshot is known long before, and at a fraction of the cost of, its file.
 */
import { sizeOfShape, type Shape } from "../core/network";
import { packBits, unpackBits, widthOf, type Symbols } from "./bitpack";
import type { EffectiveTensor } from "./effective-tensor";
import type { QuantizerHeader } from "./header";
import { entriesOf, layoutOf, layoutPlans, type AnyLayout, type LayoutPlan } from "./layout";
import { matrixOf } from "./matrix";
import { bytesOfBits, bytesOfStreams, malformed, type Stream, type StreamSet, type StreamSize } from "./streams";
import { symbolCodingIds, symbolCodings, type SymbolCodingId } from "./symbol-coding";
import type { Alphabet, PreparedForm, Restored, ValueForm } from "./value-form";
import { valueFormIds, valueForms, type ValueFormId } from "./value-forms";

/** What a file says about how a tensor is stored; with the streams, all that a decoder needs. */
export interface TensorFields {
  readonly layout: AnyLayout;
  readonly form: ValueFormId;
  /** Absent for raw forms, which are written at their own width. */
  readonly symbols?: Alphabet & { readonly coding: SymbolCodingId };
}

export interface TensorPlan {
  readonly fields: TensorFields;
  /** Exact, in the order in which they will be written. */
  readonly sizes: readonly StreamSize[];
  readonly sizeBytes: number;
  readonly tensor: EffectiveTensor;
  readonly prepared: PreparedForm;
  readonly layoutPlan: LayoutPlan;
}

/** The smallest plan; of equal ones the first, in the order of `valueForms`, layouts, codings. */
export function planTensor(tensor: EffectiveTensor): TensorPlan {
  let best: TensorPlan | undefined;
  const hopeless = ({ sizes }: LayoutPlan) => best !== undefined && bytesOfStreams(sizes) >= best.sizeBytes;
  for (const plan of candidatePlans(tensor, hopeless)) {
    if (!best || plan.sizeBytes < best.sizeBytes) best = plan;
  }
  if (!best) throw new RangeError("expected a form that holds any tensor, got none");
  return best;
}

/** Every legal way of storing a tensor, with its exact size. @param skip layouts not to go into */
export function* candidatePlans(
  tensor: EffectiveTensor,
  skip: (layoutPlan: LayoutPlan) => boolean = () => false,
): Generator<TensorPlan> {
  const layouts = layoutPlans(tensor);
  for (const form of valueFormIds) {
    const prepared = valueForms[form].prepare(tensor);
    if (!prepared) continue;
    for (const layoutPlan of layouts) {
      if (skip(layoutPlan)) continue;
      for (const { fields, sizes } of writings(form, prepared, layoutPlan)) {
        yield { fields, sizes, sizeBytes: bytesOfStreams(sizes), tensor, prepared, layoutPlan };
      }
    }
  }
}

type Writing = Pick<TensorPlan, "fields" | "sizes">;

/** Every way of writing one form in one layout. */
function writings(
  form: ValueFormId,
  prepared: PreparedForm,
  { fields: layout, entries, zeros, sizes }: LayoutPlan,
): Writing[] {
  const { content } = prepared;
  if (content.kind === "raw") {
    return [{ fields: { layout, form }, sizes: [...sizes, { stream: "values", bits: entries * content.width }] }];
  }
  const { alphabet, counts } = alphabetOf(content.counts, zeros);
  const tables = prepared.tableSizes(alphabet);
  return symbolCodingIds.flatMap((coding) => {
    const values = symbolCodings[coding].sizes(counts, entries);
    if (!values) return [];
    return [{ fields: { layout, form, symbols: { ...alphabet, coding } }, sizes: [...sizes, ...tables, ...values] }];
  });
}

/** Symbols that are stored when `zeros` of the entries are symbol 0, and how often each of them is. */
function alphabetOf(counts: Uint32Array, zeros: number): { readonly alphabet: Alphabet; readonly counts: Uint32Array } {
  const first = zeros > 0 ? 0 : 1;
  const stored = counts.slice(first);
  if (first === 0) stored[0] = zeros;
  return { alphabet: { first, count: stored.length }, counts: stored };
}

/** The streams of a plan, in the order of its sizes. */
export function encodeTensor({ fields, sizes, tensor, prepared, layoutPlan }: TensorPlan): Stream[] {
  const layout = layoutOf(fields.layout.kind);
  const symbols = layout.gather(prepared.symbols, tensor, layoutPlan);
  const { content } = prepared;
  const streams = [...layout.streams(tensor, layoutPlan)];
  if (content.kind === "raw") {
    streams.push({ stream: "values", bytes: packBits(symbols, content.width) });
  } else {
    const { alphabet, counts } = alphabetOf(content.counts, layoutPlan.zeros);
    const { coding } = fields.symbols!;
    streams.push(...prepared.tables(alphabet), ...symbolCodings[coding].encode(symbols, alphabet, counts));
  }
  sizes.forEach(({ stream, bits }, i) => {
    const got = streams[i];
    if (got?.stream !== stream || got.bytes.length !== bytesOfBits(bits)) {
      throw new RangeError(`planned ${bits} bits of '${stream}', wrote ${got?.bytes.length} bytes of '${got?.stream}'`);
    }
  });
  return streams;
}

/**
 * The values of a tensor of this shape, bit for bit those that were encoded.
 * @param quantizer what the file says of the parameter's quantizer, where it has one
 * @throws EngineError `invalid-file` when fields and streams contradict each other; nothing larger than the
 *   tensor or the streams themselves is allocated before that is known
 */
export function decodeTensor(
  { layout, form, symbols: stored }: TensorFields,
  streams: StreamSet,
  shape: Shape,
  quantizer: QuantizerHeader | undefined,
): Restored {
  const count = sizeOfShape(shape);
  const valueForm: ValueForm = valueForms[form];
  const entries = entriesOf(layout, count);
  if (entries > count) throw malformed(`expected at most ${count} stored values, got ${entries}`);
  let symbols: Symbols;
  const { rawWidth } = valueForm;
  if (rawWidth !== undefined) {
    symbols = unpackBits(streams.get("values", bytesOfBits(entries * rawWidth)), rawWidth, entries);
  } else {
    if (!stored) throw malformed(`expected an alphabet and a coding for values stored as '${form}', got none`);
    symbols = symbolCodings[stored.coding].decode(streams, stored, entries);
  }
  const placed = layoutOf(layout.kind).scatter(symbols, layout, streams, { count, matrix: matrixOf(shape) });
  const alphabet = stored ?? { first: 0, count: 0 };
  return valueForm.restore(placed, { alphabet, streams, count, quantizer });
}

/** For people: `dense f32`, `bitmap + 1-bit signs`, `relative index 4 b + 5-bit codes, Huffman`. */
export function codecLabel({ layout, form, symbols }: TensorFields, count: number): string {
  if (entriesOf(layout, count) === 0) return "all zero";
  const alphabet = symbols ?? { first: 0, count: 0 };
  const what = symbols?.count === 1 ? "one value" : valueForms[form].label(alphabet, widthOf(alphabet.count));
  const codesHuffman = symbols?.coding === "huffman";
  const indicesHuffman = layout.kind === "relative" && layout.gapSymbols !== undefined;
  const suffix =
    layout.kind === "relative" && codesHuffman !== indicesHuffman
      ? `, Huffman on ${codesHuffman ? "values" : "indices"}`
      : symbols
        ? symbolCodings[symbols.coding].suffix
        : "";
  // With base 3 the index may be Huffman-coded on its own.
  const base3 = symbols?.coding === "base3" && indicesHuffman ? symbolCodings.base3.suffix : "";
  return layoutOf(layout.kind).label(layout) + what + base3 + suffix;
}
