import { words as w } from "../../../survey/words";

export const timeline = {
  label: w("Timeline", "时间线"),
} as const;
