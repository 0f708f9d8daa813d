import { expect, it } from "vitest";
import { tinyDocument } from "../../engine/document/tiny-document.testing";
import { partLabels } from "./clip-words";

const soft = { block: "distill.kd-logits", steps: 5, teacher: "original" };

it("parts are called by the words of their block in the reader's language, by their clip where two are alike", () => {
  const document = tinyDocument([soft, soft, { block: "prune.sparse-vd", steps: 5 }]);
  const names = ["hard labels", "c0:soft-labels", "c1:soft-labels", "c2:divergence"];
  expect([...partLabels(document, names, ({ zh }) => zh).values()]).toEqual([
    "hard labels",
    "软标签 (c0)",
    "软标签 (c1)",
    "与先验的散度",
  ]);
});

it("a part keeps its name where its clip has gone, or calls it as an earlier version did", () => {
  const labels = partLabels(tinyDocument([soft]), ["gone:soft-labels", "soft labels"], ({ en }) => en);
  expect([...labels.values()]).toEqual(["gone:soft-labels", "soft labels"]);
});
