import { words as w } from "../../../survey/words";

export const runs = {
  label: w("Runs", "运行记录"),
} as const;
