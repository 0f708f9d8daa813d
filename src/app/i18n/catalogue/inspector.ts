import { words as w } from "../../../survey/words";

export const inspector = {
  label: w("Inspector", "检查器"),
} as const;
