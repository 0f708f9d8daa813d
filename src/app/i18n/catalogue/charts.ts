import { words as w } from "../../../survey/words";

export const charts = {
  label: w("Charts", "图表"),
} as const;
