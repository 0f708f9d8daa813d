import { words as w } from "../../../survey/words";

export const pruning = {
  // What would go.
  preview: w("What would go", "将被去除的部分"),
  previewHint: w(
    "The first decision, found out on a copy of the network. Units that you keep stay, and others go in their place.",
    "在网络副本上得出的首次决策。您保留的单元不会被去除，由其他单元代替。",
  ),
  previewAsk: w("Preview", "预览"),
  previewAgain: w("Preview again", "重新预览"),
  previewOld: w("The timeline has changed since.", "此后时间线已改变。"),
  previewNeedsRun: w(
    "The network at this clip's start is not computed yet: {{steps}} steps are to be trained first.",
    "该片段起始处的网络尚未计算：需先训练 {{steps}} 步。",
  ),
  previewTrain: w("Train up to here, then preview", "训练到此处并预览"),
  previewLater: w(
    "Nothing goes at the clip's start: this method decides while it trains, or at its end.",
    "片段起始处不去除任何部分：该方法在训练过程中或结束时才作决策。",
  ),
  previewWeights: w("{{removed}} of {{before}} weights", "{{before}} 个权重中的 {{removed}} 个"),
  groupGoing: w("{{count}} of {{units}} to go", "去除 {{count}} / {{units}}"),
  groupKept: w("{{count}} kept by you", "您保留了 {{count}} 个"),
  groupOwn: w("own share {{share}}", "单独比例 {{share}}"),
  groupLowest: w("the {{shown}} with the lowest scores", "得分最低的 {{shown}} 个"),
  cells: w(
    "Units of {{group}}: arrow keys choose, Enter or Space keeps one",
    "{{group}} 的单元：方向键选择，回车或空格保留",
  ),
  cell: w("unit {{unit}}, score {{score}}: {{state}}", "单元 {{unit}}，得分 {{score}}：{{state}}"),
  state_goes: w("goes", "去除"),
  state_stays: w("stays", "保留"),
  state_kept: w("kept by you", "由您保留"),
  keyGoes: w("goes", "去除"),
  keyStays: w("stays; the higher, the more important", "保留；越高越重要"),
  keyKept: w("kept by you", "由您保留"),
  keyMagnitude: w("height: mean |w|, as this method tells no score of its own", "高度：平均 |w|（该方法不提供评分）"),
  training: w(
    "Training to the clip's start: {{trained}} of {{toTrain}} steps",
    "训练至片段起始处：{{trained}} / {{toTrain}} 步",
  ),
  asking: w("Looking …", "计算中……"),
  stop: w("Stop", "停止"),

  // What each layer can do without.
  scan: w("What each layer can do without", "各层敏感度"),
  scanHint: w(
    "Each layer is pruned alone at each ratio, and the network scored on validation images. Nothing is trained.",
    "逐层按各比例单独剪枝，并用验证图像评估网络；不进行训练。",
  ),
  scanStart: w("Scan", "扫描"),
  scanAgain: w("Scan again", "重新扫描"),
  scanDone: w("{{done}} of {{all}} cells", "{{done}} / {{all}} 格"),
  scanOf: w(
    "points of accuracy lost against {{accuracy}} on {{images}} validation images",
    "相对于 {{images}} 张验证图像上 {{accuracy}} 的准确率损失（百分点）",
  ),
  scanTable: w("Accuracy lost, by layer and ratio", "各层各比例的准确率损失"),
  scanLayer: w("layer", "层"),
  scanStopped: w("Stopped; what is there can be used.", "已停止；已有结果可用。"),
  planBy: w("Choose ratios by", "比例依据"),
  planBy_loss: w("loss", "损失"),
  planBy_bytes: w("bytes", "字节"),
  planBy_macs: w("MACs", "MACs"),
  planLoss: w("Each layer loses at most", "每层最多损失"),
  planBytes: w("Bytes that stay", "保留的字节"),
  planMacs: w("MACs that stay", "保留的 MACs"),
  planNone: w("No layer can do without anything under this condition.", "在此条件下没有可剪枝的层。"),
  planOutOfReach: w("Out of reach: even the largest ratios leave more.", "无法达到：即使取最大比例仍超出预算。"),
  planEstimate: w(
    "estimated, each layer for itself: {{bytes}} fewer bytes, {{macs}} fewer MACs, {{loss}} of accuracy lost before recovery",
    "按各层独立估计：字节减少 {{bytes}}，MACs 减少 {{macs}}，恢复前准确率损失 {{loss}}",
  ),
  planUse: w("Use these ratios", "采用这些比例"),
  planChosen: w("chosen", "选中"),
  ownRatios: w("Layers with a ratio of their own: {{layers}}", "具有单独比例的层：{{layers}}"),
  ownRatiosClear: w("Follow the clip again", "恢复为片段比例"),

  // What went.
  went: w("What went", "已去除的部分"),
  wentOld: w("Of a run of an earlier timeline.", "来自较早时间线的运行。"),
  wentDecision: w("Decision", "决策"),
  wentRound: w("{{round}}, at step {{step}}", "第 {{round}} 次，第 {{step}} 步"),
  wentEnd: w("at the end, step {{step}}", "结束时，第 {{step}} 步"),
  wentCount: w(
    "{{removed}} of {{before}} weights went, {{units}} whole units.",
    "去除 {{before}} 个权重中的 {{removed}} 个，整单元 {{units}} 个。",
  ),
  takenBack: w(
    "Taken back at step {{step}} by the accuracy guard: validation accuracy fell from {{reference}} to {{accuracy}}, and {{allowed}} is allowed. The network is what it was before; the clip decided nothing more.",
    "准确率保护在第 {{step}} 步撤回了此次决策：验证准确率从 {{reference}} 降至 {{accuracy}}，允许降幅为 {{allowed}}。网络已恢复到此前状态，该片段不再决策。",
  ),
  layerBar: w(
    "{{layer}}: {{kept}} of {{first}} weights left, {{removed}} went here",
    "{{layer}}：{{first}} 个权重剩 {{kept}} 个，此次去除 {{removed}} 个",
  ),
  layerKey: w("left · went with this decision · went before", "剩余 · 此次去除 · 此前去除"),
  mapBefore: w("before", "之前"),
  mapAfter: w("after", "之后"),
  mapLabel: w(
    "{{layer}} {{when}}: mean |w| of {{rows}} by {{columns}} cells",
    "{{layer}}（{{when}}）：{{rows}} × {{columns}} 格的平均 |w|",
  ),
  mapHint: w(
    "columns are outputs, rows what they are made from; darker is larger, struck out went",
    "列为输出，行为其来源；颜色越深越大，划线者已去除",
  ),
  histogram: w(
    "Weights of {{layer}} by size: {{kept}} stay, {{removed}} go",
    "{{layer}} 的权重按大小：保留 {{kept}}，去除 {{removed}}",
  ),
  histogramThreshold: w("threshold {{value}}", "阈值 {{value}}"),
  histogramNone: w("size alone did not decide", "并非仅由大小决定"),
  histogramAxis: w("|w|, to {{largest}}", "|w|，至 {{largest}}"),

  // Pictures of the survey.
  figureGranularity: w("What goes together", "剪枝粒度"),
  figureGranularityHint: w(
    "One kernel of a small network at sparsity 0.5: eight filters beside each other, each of four 3 × 3 slices.",
    "小网络的同一卷积核，稀疏度 0.5：并排 8 个滤波器，每个含 4 个 3 × 3 切片。",
  ),
  figureGranularityRow: w("{{kind}}: {{removed}} of {{all}} gone", "{{kind}}：去除 {{removed}} / {{all}}"),
  figure_weights: w("weights", "权重"),
  figure_groups: w("the same places of all filters", "各滤波器的相同位置"),
  figure_blocks: w("all but a diagonal of each block", "每块仅留对角线"),
  figure_channels: w("input channels", "输入通道"),
  figure_filters: w("filters", "滤波器"),
  figureSchedule: w("At once, or little by little", "一次或逐步"),
  figureScheduleHint: w(
    "Sparsity over a clip whose decisions reach to its end, as magnitude pruning takes it to 0.8 on a small network.",
    "决策延续至片段末尾时，幅值剪枝在小网络上达到 0.8 稀疏度的过程。",
  ),
  figureScheduleLine: w("{{schedule}}: {{values}}", "{{schedule}}：{{values}}"),
  figure_oneShot: w("one-shot", "一次性"),
  figure_linear: w("iterative, linear", "迭代，线性"),
  figure_geometric: w("iterative, geometric", "迭代，几何"),
  figure_agp: w("gradual (AGP)", "渐进（AGP）"),
} as const;
