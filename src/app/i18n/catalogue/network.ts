import { words as w } from "../../../survey/words";

export const network = {
  label: w("Network", "网络"),
} as const;
