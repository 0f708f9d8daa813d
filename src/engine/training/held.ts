/**
 * What stays as it is in a step. A parameter trains where every clip lets it and its spec does not freeze it; what does
 * not train is no variable of the step, so that its value and its moments stay bit for bit. The moving statistics of a
 * batch normalization that does not train stay too, and it computes with them, as the file will; so do the ranges of
 * activations that come from layers of which nothing trains.
 */
import { type Network, type Node, parameterRoles } from "../core/network";
import { nodeOfEdge } from "../quantizers/edges";
import type { StatisticsMode } from "./forward";
import type { LiveModel } from "./live-model";

export interface Held {
  trains(name: string): boolean;
  /** Undefined: of the batch everywhere. */
  readonly statistics: ((nodeId: string) => StatisticsMode) | undefined;
  /** Whether what a quantizer knows of the values on an edge may move. */
  rangeFollows(edge: string): boolean;
}

interface HoldingHooks {
  readonly trains?: (name: string) => boolean;
  readonly statistics?: StatisticsMode;
}

const always = () => true;
const nothingHeld: Held = { trains: always, statistics: undefined, rangeFollows: always };

export function heldBy({ network }: Pick<LiveModel, "network">, hooks: readonly HoldingHooks[]): Held {
  const asked = hooks.flatMap(({ trains }) => trains ?? []);
  const modes = hooks.flatMap(({ statistics }) => statistics ?? []);
  const marked = network.nodes.some((node) => Object.values(node.params).some(({ frozen }) => frozen));
  if (asked.length === 0 && modes.length === 0 && !marked) return nothingHeld;
  const marks = new Set(
    network.nodes.flatMap((node) => Object.values(node.params).flatMap(({ name, frozen }) => (frozen ? [name] : []))),
  );
  const trains = (name: string) => !marks.has(name) && asked.every((ask) => ask(name));
  const mode: StatisticsMode = modes.includes("frozen") ? "frozen" : modes.includes("moving") ? "moving" : "batch";
  const nodes = new Map(network.nodes.map((node) => [node.id, node]));
  const anyTrains = (node: Node) =>
    parameterRoles.some((role) => {
      const spec = node.params[role];
      return spec !== undefined && trains(spec.name);
    });
  const held = heldOutputs(network, anyTrains);
  return {
    trains,
    statistics: (id) => (trains(nodes.get(id)!.params.movingMean!.name) ? mode : "frozen"),
    rangeFollows(edge) {
      if (nodes.has(edge)) return !held.has(edge);
      // What one reader reads goes with that reader, or with what it reads.
      const reader = nodes.get(nodeOfEdge(edge, nodes))!;
      return hasParameters(reader) ? anyTrains(reader) : !reader.inputs.every((id) => held.has(id));
    },
  };
}

/**
 * Nodes whose nearest layers with parameters, themselves included, all stay as they are. The input goes with the layers
 * that read it.
 */
function heldOutputs({ nodes }: Network, anyTrains: (node: Node) => boolean): Set<string> {
  const held = new Set<string>();
  for (const node of nodes) {
    const stays =
      node.op === "input"
        ? nodes
            .filter(({ inputs }) => inputs.includes(node.id))
            .every((reader) => hasParameters(reader) && !anyTrains(reader))
        : hasParameters(node)
          ? !anyTrains(node)
          : node.inputs.every((id) => held.has(id));
    if (stays) held.add(node.id);
  }
  return held;
}

const hasParameters = (node: Node) => Object.keys(node.params).length > 0;
