import { words as w } from "#survey/words";
import { buildIds, type BuildId } from "../../../zoo/build-ids";
import type { Words } from "#survey/words";
import type { BlockWords } from "../../block";
import type { meta } from "./meta";

export const words: BlockWords<typeof meta.params> = {
  label: w("New student", "新建学生网络"),
  summary: w(
    "Puts a freshly built, untrained network in the place of the current one; the ratio is still counted from the original.",
    "用新建的未训练网络替换当前网络；压缩率仍以原始网络为基准。",
  ),
  params: {
    network: {
      label: w("Network", "网络"),
      // Networks are called by their ids in both languages.
      options: Object.fromEntries(buildIds.map((id) => [id, w(id, id)])) as Record<BuildId, Words>,
    },
    seed: { label: w("Seed of its weights", "权重随机种子") },
  },
};
