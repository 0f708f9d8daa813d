/**
 * Places of a graph where values may be quantized. A node's id is its output, which all its readers see; `reader:n` is
 * what one reader reads as its input number n, and nobody else.
 */
import type { Network } from "../core/network";

export const inputEdge = (reader: string, input: number): string => `${reader}:${input}`;

/** Every edge of a network in node order, a node's inputs before its output. */
export const edgesOf = ({ nodes }: Network): string[] =>
  nodes.flatMap(({ id, inputs }) => [...inputs.map((_, i) => inputEdge(id, i)), id]);

/** The node that an edge belongs to: the one with that id, else the reader. */
export function nodeOfEdge(edge: string, known: { has(id: string): boolean }): string {
  return known.has(edge) ? edge : edge.slice(0, Math.max(0, edge.lastIndexOf(":")));
}
