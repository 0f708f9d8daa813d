/** A setting as text that can stand in a table or in words. */
import type { ParamValue } from "../../engine/blocks/params";

/** `2, 4, 8`, or `conv1 ↔ conv3, fc ↔ fc` */
export const shownParam = (value: ParamValue): string =>
  typeof value === "object"
    ? value.map((entry) => (typeof entry === "object" ? entry.join(" ↔ ") : String(entry))).join(", ")
    : String(value);
