/**
 * A line that says what was going on: the colour of what comes first, with stripes in the colours of what went on along
 * with it. One path for each colour, however many lines they are.
 */
import type { BlockFamily } from "../../../engine/blocks/block";
import type { Mark } from "../../charts/path";

interface Props {
  readonly kinds: readonly BlockFamily[];
  /** Of the lines, as a path. */
  readonly d: string;
}

/** Pixels of one stripe. */
const stripe = 9;

export function KindLine({ kinds, d }: Props) {
  return kinds.map((kind, i) => (
    <path
      key={kind}
      className="charts-kind-line"
      data-kind={kind}
      d={d}
      strokeDasharray={i === 0 ? undefined : `${stripe} ${stripe * (kinds.length - 1)}`}
      strokeDashoffset={i === 0 ? undefined : -stripe * i}
      strokeLinecap={i === 0 ? "round" : "butt"}
    />
  ));
}

/** Boundaries have a shape for each family, since colour alone does not tell everyone. */
export const markOf = (kind: BlockFamily | null): Mark =>
  kind === "prune" ? "square" : kind === "quantize" ? "diamond" : kind === "distill" ? "triangle" : "circle";
