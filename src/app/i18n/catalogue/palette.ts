import { words as w } from "../../../survey/words";

export const palette = {
  label: w("Methods", "方法"),
} as const;
