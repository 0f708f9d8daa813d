/** A live model's whole state (raw values, compression state, optimizer moments) as a pack and back, bit for bit. */
import type { Network } from "../core/network";
import { packQuantizer, parseActivation, type QuantizerJson, unpackQuantizer } from "../quantizers/pack";
import type { ActivationQuantizer, ParameterState, Snapshot } from "../core/snapshot";
import type { Pack, PackedArray } from "../core/tensor-pack";
import type { OptimizerState } from "./live-model";
import { packSlot, type SlotJson, unpackSlot } from "./optimizer";

interface StateJson {
  readonly network: Network;
  readonly values: readonly string[];
  readonly states: Readonly<
    Record<string, { readonly mask: boolean; readonly fixed?: true; readonly quantizer: QuantizerJson | null }>
  >;
  readonly activations: Readonly<Record<string, ActivationQuantizer>>;
  readonly channels?: readonly string[];
  readonly optimizer: Readonly<Record<string, SlotJson>>;
}

export function packState(snapshot: Snapshot, optimizer: OptimizerState = new Map()): Pack {
  const arrays = new Map<string, PackedArray>();
  const states: Record<string, StateJson["states"][string]> = {};
  for (const [name, values] of snapshot.values) arrays.set(`value:${name}`, values);
  for (const [name, { mask, fixed, quantizer }] of snapshot.states) {
    if (mask) arrays.set(`mask:${name}`, mask);
    if (fixed) arrays.set(`fixed:${name}`, fixed);
    const packed = quantizer && packQuantizer(quantizer);
    for (const [array, values] of packed?.arrays ?? []) arrays.set(`quantizer/${array}:${name}`, values);
    states[name] = { mask: mask !== undefined, ...(fixed && { fixed: true }), quantizer: packed?.json ?? null };
  }
  const moments: Record<string, SlotJson> = {};
  for (const [name, slot] of optimizer) {
    const packed = packSlot(slot, `moment:${name}`);
    moments[name] = packed.json;
    for (const [key, values] of packed.arrays) arrays.set(key, values);
  }
  const { channels } = snapshot;
  for (const [node, numbers] of channels ?? []) arrays.set(`channels:${node}`, numbers);
  const json: StateJson = {
    network: snapshot.network,
    values: [...snapshot.values.keys()],
    states,
    activations: Object.fromEntries(snapshot.activations),
    ...(channels ? { channels: [...channels.keys()] } : {}),
    optimizer: moments,
  };
  return { json, arrays };
}

export function unpackState({ json, arrays }: Pack): { snapshot: Snapshot; optimizer: OptimizerState } {
  const state = json as StateJson;
  const floats = (name: string) => arrays.get(name) as Float32Array;
  const states = new Map<string, ParameterState>();
  for (const [name, { mask, fixed, quantizer }] of Object.entries(state.states)) {
    const weights = arrays.get(`value:${name}`)?.length ?? 0;
    const array = (of: string) => arrays.get(`quantizer/${of}:${name}`);
    states.set(name, {
      ...(mask && { mask: arrays.get(`mask:${name}`) as Uint8Array }),
      ...(fixed && { fixed: arrays.get(`fixed:${name}`) as Uint8Array }),
      ...(quantizer && { quantizer: unpackQuantizer(quantizer, array, weights) }),
    });
  }
  const optimizer = new Map(
    Object.entries(state.optimizer).map(([name, slot]) => [name, unpackSlot(slot, `moment:${name}`, arrays)]),
  );
  return {
    snapshot: {
      network: state.network,
      values: new Map(state.values.map((name) => [name, floats(`value:${name}`)])),
      states,
      activations: new Map(
        Object.entries(state.activations).map(([edge, quantizer]) => [edge, parseActivation(quantizer)]),
      ),
      ...(state.channels
        ? { channels: new Map(state.channels.map((node) => [node, arrays.get(`channels:${node}`) as Uint32Array])) }
        : {}),
    },
    optimizer,
  };
}
