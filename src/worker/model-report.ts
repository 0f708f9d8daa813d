/** What the page is told of a network or a file: shapes, counts, bytes. Plain data. */
import { decodeArtefact } from "#engine/codecs/artefact";
import { type Network, sizeOfShape } from "#engine/core/network";
import type { Snapshot } from "#engine/core/snapshot";
import { macsByNode, macsOf, nonZeroCount, parameterCount } from "#engine/metrics/accounting";
import { shapesOf } from "#engine/ops/registry";
import { documentInside } from "#engine/document/document";
import type { FileReport, LayerSummary, NetworkSummary } from "./protocol";

export function networkSummary(snapshot: Snapshot): NetworkSummary {
  const { network } = snapshot;
  const input = network.nodes.find((node) => node.op === "input");
  return {
    name: network.name,
    inputShape: input?.attrs.shape ?? [],
    outputs: sizeOfShape(shapesOf(network).get(network.output) ?? []),
    parameters: parameterCount(network),
    nonZero: nonZeroCount(snapshot),
    macs: macsOf(network),
    layers: layersOf(network),
  };
}

function layersOf(network: Network): LayerSummary[] {
  const shapes = shapesOf(network);
  const macs = macsByNode(network);
  return network.nodes.map(({ id, op, inputs, params }) => ({
    id,
    op,
    inputs,
    outputShape: shapes.get(id) ?? [],
    parameters: Object.values(params).reduce((sum, { shape }) => sum + sizeOfShape(shape), 0),
    macs: macs.get(id) ?? 0,
  }));
}

/** @throws EngineError when it is no artefact, or a damaged one */
export function inspectFile(file: Uint8Array): FileReport {
  const decoded = decodeArtefact(file);
  const { snapshot, sizeBytes, fileBytes, tensors, activations } = decoded;
  return {
    sizeBytes,
    fileBytes,
    tensors,
    activations,
    network: networkSummary(snapshot),
    document: documentInside(decoded.document),
  };
}
