import { words as w } from "../../../survey/words";

export const files = {
  label: w("Files", "文件"),
} as const;
