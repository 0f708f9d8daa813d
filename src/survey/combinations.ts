/**
 * The survey's combinations: how two methods lie to each other in time, who teaches and who learns. Codes repeat
 * between the tables, so that an id begins with the pair: `pk` pruning and distillation (Table 1), `qk` quantization
 * and distillation (Table 2), `pq` pruning and quantization (Table 3).
 */
import type { SurveyFigure, SurveyNodeId, SurveyTable } from "./taxonomy";
import { type Words, words } from "./words";

export interface Combination {
  /** The code by the rule that all of the table but two lines of its note follow. Shown everywhere. */
  readonly code: string;
  /** The code that the table's rows print for it; null where no row has it. */
  readonly printed: string | null;
  /** The code under which the table's note defines it; null where the note does not. */
  readonly noted: string | null;
  readonly table: SurveyTable;
  /** The figure that draws it; null where none does. */
  readonly figure: SurveyFigure | null;
  /** Rows of the table (from 1) that print `printed`. */
  readonly rows: readonly number[];
  readonly node: SurveyNodeId;
  readonly name: Words;
  readonly meaning: Words;
  /** Null for pruning with quantization, where nobody teaches. */
  readonly teacher: Words | null;
  /** The network that is trained and, with the exceptions that `meaning` names, deployed. */
  readonly student: Words;
}

const separateTeacher = words("a separately built network", "单独构造的网络");
const separateStudent = words("a separately built small network", "单独构造的小型网络");
const pruned = words("the pruned network", "剪枝后的模型");
const quantized = words("the quantized network", "量化后的模型");
const beforePruning = words("the network before pruning", "剪枝前的模型");
const beforeQuantization = words("the network before quantization", "量化前的模型");
const prunedAndQuantized = words("the network itself", "模型自身");

/** Table 1 and Table 2: rows, note and rule agree on the code. */
const agreed = (code: string) => ({ code, printed: code, noted: code });

const weights = words("unstructured pruning", "非结构化剪枝");
const structures = words("structured pruning", "结构化剪枝");
const fixed = words("one bit width for all", "固定精度量化");
const dynamic = words("a bit width for each part", "动态精度量化");
const discrete = words("a table of discrete values", "离散值量化");

type PruneQuantize = Pick<Combination, "printed" | "noted" | "rows" | "meaning"> & {
  readonly code: `${"A" | "B"}-${1 | 2}-${1 | 2 | 3}`;
};

function pruneQuantize({ code, ...rest }: PruneQuantize): Combination {
  const [order, granularity, precision] = code.split("-");
  const sequential = order === "A";
  const prune = granularity === "1" ? weights : structures;
  const quantize = precision === "1" ? fixed : precision === "2" ? dynamic : discrete;
  return {
    code,
    ...rest,
    table: 3,
    figure: sequential ? 11 : 12,
    node: sequential ? "joint/prune-then-quantize" : "joint/prune-while-quantizing",
    name: sequential
      ? words(
          `${code} prune, then quantize: ${prune.en}, ${quantize.en}`,
          `${code} 先剪枝后量化：${prune.zh}、${quantize.zh}`,
        )
      : words(
          `${code} prune while quantizing: ${prune.en}, ${quantize.en}`,
          `${code} 边剪枝边量化：${prune.zh}、${quantize.zh}`,
        ),
    teacher: null,
    student: prunedAndQuantized,
  };
}

const entries = {
  "pk-a1": {
    ...agreed("A-1"),
    table: 1,
    figure: 6,
    rows: [10, 20],
    node: "joint/prune-then-distill",
    name: words("A-1 prune, then distil from the pruned network", "A-1 先剪枝后蒸馏"),
    meaning: words(
      "Pruning makes a teacher that is closer to the student's capacity; the student is deployed, the pruned network is not.",
      "剪枝得到与学生容量更接近的教师；部署的是学生模型，而非剪枝后的模型。",
    ),
    teacher: pruned,
    student: separateStudent,
  },
  "pk-a2": {
    ...agreed("A-2"),
    table: 1,
    figure: 6,
    rows: [2, 4, 5, 6, 8, 15, 17, 18],
    node: "joint/prune-then-distill",
    name: words("A-2 prune, then distil from the original", "A-2 先剪枝后蒸馏"),
    meaning: words(
      "The network is pruned and then recovers under its own former self, in place of fine-tuning.",
      "剪枝后由剪枝前的自己蒸馏恢复精度，以代替微调。",
    ),
    teacher: beforePruning,
    student: pruned,
  },
  "pk-a3": {
    ...agreed("A-3"),
    table: 1,
    figure: 6,
    rows: [7],
    node: "joint/prune-then-distill",
    name: words("A-3 prune, then distil from a separate teacher", "A-3 先剪枝后蒸馏"),
    meaning: words(
      "The network is pruned and then recovers under a stronger network of another origin.",
      "剪枝后由另行构造的更强网络蒸馏恢复精度。",
    ),
    teacher: separateTeacher,
    student: pruned,
  },
  "pk-b": {
    ...agreed("B"),
    table: 1,
    figure: 7,
    rows: [1, 11],
    node: "joint/distill-then-prune",
    name: words("B distil, then prune", "B 先蒸馏后剪枝"),
    meaning: words(
      "A small student learns from its teacher and is then pruned; after pruning it is trained on hard labels alone.",
      "先蒸馏得到小型学生模型，再对其剪枝；剪枝后仅用硬标签微调。",
    ),
    teacher: separateTeacher,
    student: separateStudent,
  },
  "pk-c1": {
    ...agreed("C-1"),
    table: 1,
    figure: 8,
    rows: [13, 14, 16],
    node: "joint/prune-while-distilling",
    name: words("C-1 prune while distilling from the original", "C-1 边剪枝边蒸馏"),
    meaning: words(
      "Rounds of pruning, each followed by recovery under the network as it was before pruning.",
      "多轮剪枝，每轮都由剪枝前的模型蒸馏恢复。",
    ),
    teacher: beforePruning,
    student: pruned,
  },
  "pk-c2": {
    ...agreed("C-2"),
    table: 1,
    figure: 8,
    rows: [3, 12, 19],
    node: "joint/prune-while-distilling",
    name: words("C-2 prune while distilling from a separate teacher", "C-2 边剪枝边蒸馏"),
    meaning: words(
      "Rounds of pruning, each followed by recovery under a network of another origin.",
      "多轮剪枝，每轮都由另行构造的网络蒸馏恢复。",
    ),
    teacher: separateTeacher,
    student: pruned,
  },
  "pk-d": {
    ...agreed("D"),
    table: 1,
    figure: null,
    rows: [9],
    node: "joint/distill-prune-distill",
    name: words("D distil, prune, distil again", "D 先蒸馏再剪枝后蒸馏"),
    meaning: words(
      "A half-width student learns from the original, is pruned, and recovers under its own unpruned self.",
      "通道减半的学生先从原模型学习，再剪枝，最后由剪枝前的自己蒸馏恢复。",
    ),
    teacher: words(
      "the original first, the student before pruning second",
      "第 1 次为原模型，第 2 次为剪枝前的学生模型",
    ),
    student: words("a half-width network, then its pruned form", "通道减半的模型，其后为其剪枝后的模型"),
  },

  "qk-a1": {
    ...agreed("A-1"),
    table: 2,
    figure: 9,
    rows: [3],
    node: "joint/quantize-then-distill",
    name: words("A-1 quantize, then distil from the quantized network", "A-1 先量化后蒸馏"),
    meaning: words(
      "Quantization makes a teacher that is easier to follow; the student is deployed in full precision.",
      "量化使教师更易被模仿；部署的是全精度的学生模型。",
    ),
    teacher: quantized,
    student: separateStudent,
  },
  "qk-a2": {
    ...agreed("A-2"),
    table: 2,
    figure: 9,
    rows: [7, 9],
    node: "joint/quantize-then-distill",
    name: words("A-2 quantize, then distil from the original", "A-2 先量化后蒸馏"),
    meaning: words(
      "The quantized network recovers under its own full-precision self; one network is all that is needed.",
      "量化后的模型由其全精度的自己蒸馏恢复，全程只需一个网络。",
    ),
    teacher: beforeQuantization,
    student: quantized,
  },
  "qk-a3": {
    ...agreed("A-3"),
    table: 2,
    figure: 9,
    rows: [1, 4, 5, 6, 10],
    node: "joint/quantize-then-distill",
    name: words("A-3 quantize, then distil from a separate teacher", "A-3 先量化后蒸馏"),
    meaning: words(
      "The quantized network recovers under a stronger network of another origin.",
      "量化后的模型由另行构造的更强网络蒸馏恢复。",
    ),
    teacher: separateTeacher,
    student: quantized,
  },
  "qk-b": {
    ...agreed("B"),
    table: 2,
    figure: 10,
    rows: [2, 8],
    node: "joint/quantize-while-distilling",
    name: words("B quantize while distilling", "B 边量化边蒸馏"),
    meaning: words(
      "Every step quantizes the weights and learns weights and quantizer from the teacher.",
      "每一步都对权重量化，并在教师监督下同时学习权重与量化器。",
    ),
    // The table's note says built separately, the text at Figure 10 the original.
    teacher: words("a separately built network, or the original", "单独构造的网络，或原模型"),
    student: quantized,
  },

  // The note of Table 3 shifts the last digit of its first two lines: its A-1-1 is this A-1-2, its A-1-2 this A-1-3.
  "pq-a-1-1": pruneQuantize({
    code: "A-1-1",
    printed: null,
    noted: null,
    rows: [],
    meaning: words(
      "Single weights are removed, then all that remain get the same width.",
      "先裁剪单个权重，再将剩余权重统一量化到同一位宽。",
    ),
  }),
  "pq-a-1-2": pruneQuantize({
    code: "A-1-2",
    printed: "A-1-2",
    noted: "A-1-1",
    rows: [5],
    meaning: words(
      "Single weights are removed, then each part gets the width that suits it.",
      "先裁剪单个权重，再为网络各部分选取合适的位宽。",
    ),
  }),
  "pq-a-1-3": pruneQuantize({
    code: "A-1-3",
    printed: "A-1-3",
    noted: "A-1-2",
    rows: [1],
    meaning: words(
      "Single weights are removed, then those that remain share a few values.",
      "先裁剪单个权重，再让剩余权重共享少量离散值。",
    ),
  }),
  "pq-a-2-1": pruneQuantize({
    code: "A-2-1",
    printed: "A-2-1",
    noted: "A-2-1",
    rows: [4, 7, 10],
    meaning: words(
      "Whole structures are removed, then all that remains gets the same width.",
      "先裁剪整块结构，再将剩余权重统一量化到同一位宽。",
    ),
  }),
  "pq-a-2-2": pruneQuantize({
    code: "A-2-2",
    printed: "A-2-2",
    noted: "A-2-2",
    rows: [9],
    meaning: words(
      "Whole structures are removed, then each part gets the width that suits it.",
      "先裁剪整块结构，再为网络各部分选取合适的位宽。",
    ),
  }),
  "pq-a-2-3": pruneQuantize({
    code: "A-2-3",
    printed: "A-2-3",
    noted: "A-2-3",
    rows: [3],
    meaning: words(
      "Whole structures are removed, then the remaining weights share a few values.",
      "先裁剪整块结构，再让剩余权重共享少量离散值。",
    ),
  }),
  "pq-b-1-1": pruneQuantize({
    code: "B-1-1",
    printed: null,
    noted: null,
    rows: [],
    meaning: words(
      "Single weights go while all weights train at one width.",
      "在同一位宽的量化训练中同时裁剪单个权重。",
    ),
  }),
  "pq-b-1-2": pruneQuantize({
    code: "B-1-2",
    printed: "B-1-2",
    noted: "B-1-2",
    rows: [8],
    meaning: words(
      "Which weights go and how many bits the others get is decided together.",
      "裁剪哪些权重、其余权重取多少比特，一并决定。",
    ),
  }),
  "pq-b-1-3": pruneQuantize({
    code: "B-1-3",
    printed: "B-1-3",
    noted: "B-1-3",
    rows: [2],
    meaning: words(
      "At every step the weights near zero go and the others share the means of their intervals.",
      "每一步都裁剪接近零的权重，其余权重共享所在区间的均值。",
    ),
  }),
  "pq-b-2-1": pruneQuantize({
    code: "B-2-1",
    printed: "B-2-1",
    noted: "B-2-1",
    rows: [6],
    // Row 6 (APQ) chooses widths block by block, so that by its method it belongs to B-2-2.
    meaning: words("Structures and one common width are chosen together.", "同时选取保留的结构与统一的位宽。"),
  }),
  "pq-b-2-2": pruneQuantize({
    code: "B-2-2",
    printed: null,
    noted: null,
    rows: [],
    meaning: words("Structures and the width of each part are chosen together.", "同时选取保留的结构与各部分的位宽。"),
  }),
  "pq-b-2-3": pruneQuantize({
    code: "B-2-3",
    printed: null,
    noted: null,
    rows: [],
    meaning: words(
      "Structures go while the remaining weights learn a few shared values.",
      "在学习少量共享离散值的同时裁剪整块结构。",
    ),
  }),
} satisfies Record<string, Combination>;

export type CombinationId = keyof typeof entries;

export const combinations: Readonly<Record<CombinationId, Combination>> = entries;

export const combinationIds = Object.keys(entries) as CombinationId[];
