import { words as w } from "../../../survey/words";

export const keeping = {
  label: w("Keeping", "保存"),
} as const;
