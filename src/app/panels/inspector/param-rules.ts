/** Parameters that make no difference beside what another one says. */
import type { BlockMeta } from "../../../engine/blocks/block";
import type { Clip } from "../../../engine/document/document";

/** Under `why_<reason>` in the catalogue's area `inspector`. */
export type IdleReason = "schedule" | "growth" | "percentile" | "activations" | "momentum" | "aim" | "rule";

interface Rule {
  readonly idle: readonly string[];
  /** Of the parameter that decides. */
  readonly when: string;
  readonly is: (value: number | string) => boolean;
  readonly reason: IdleReason;
}

/** The first that applies is said. */
const rules: readonly Rule[] = [
  {
    idle: ["rounds", "growth", "endFraction"],
    when: "schedule",
    is: (value) => value === "one-shot",
    reason: "schedule",
  },
  { idle: ["growth"], when: "schedule", is: (value) => value !== "iterative", reason: "growth" },
  { idle: ["percentile"], when: "calibration", is: (value) => value !== "percentile", reason: "percentile" },
  {
    idle: ["activationDelay", "rangeDecay", "freezeRangesAt", "images"],
    when: "aBits",
    is: (value) => value === 32,
    reason: "activations",
  },
  { idle: ["sparsity"], when: "aim", is: (value) => value === "strength", reason: "aim" },
  { idle: ["epsilon"], when: "rule", is: (value) => value === "z-plus", reason: "rule" },
  { idle: ["momentum"], when: "optimizer", is: (value) => value === "adam", reason: "momentum" },
];

/** Why a parameter of a clip is idle, or undefined where it counts. */
export function idleReason(
  name: string,
  { params: schema }: Pick<BlockMeta, "params">,
  values: Clip["params"],
): IdleReason | undefined {
  return rules.find(({ idle, when, is }) => {
    const decides = schema[when];
    return idle.includes(name) && decides !== undefined && is(values[when] ?? decides.default);
  })?.reason;
}
