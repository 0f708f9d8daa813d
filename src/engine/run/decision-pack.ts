/** Decision traces for a checkpoint: their JSON, and apart from it their arrays. */
import type { Pack, PackedArray } from "../core/tensor-pack";
import type { DecisionTrace } from "./decisions";

/** Stands in the JSON where an array was. */
const place = "$array";

const isArray = (value: unknown): value is PackedArray => ArrayBuffer.isView(value);

export function packTraces(traces: readonly DecisionTrace[]): Pack {
  const arrays = new Map<string, PackedArray>();
  const json = JSON.stringify(traces, (_, value: unknown) => {
    if (!isArray(value)) return value;
    const name = String(arrays.size);
    arrays.set(name, value);
    return { [place]: name };
  });
  return { json, arrays };
}

/** States of before tasks had names hold an accuracy. */
function named({ accuracy, ...trace }: DecisionTrace & { readonly accuracy?: number }): DecisionTrace {
  return accuracy === undefined ? trace : ({ ...trace, metric: "accuracy", score: accuracy } as DecisionTrace);
}

/** The inverse; a state without traces has none. */
export function unpackTraces({ json, arrays }: Pack): DecisionTrace[] {
  if (typeof json !== "string") return [];
  const traces = JSON.parse(json, (_, value: unknown) =>
    typeof value === "object" && value !== null && place in value ? arrays.get(String(value[place])) : value,
  ) as (DecisionTrace & { readonly accuracy?: number })[];
  return traces.map(named);
}
