/** Timelines for the tests: on the studio's own network and data, small enough to end within seconds. */
export const small = {
  version: 1,
  name: "Small",
  seed: 5,
  dataset: { id: "fashion-mnist", train: 200, test: 400 },
  model: { source: "zoo:lenet5c-fashion-mnist" },
  training: { learningRate: 0.0005, batchSize: 32 },
  evaluateEvery: 20,
  liveTest: 100,
  clips: [
    { id: "p", block: "prune.magnitude", start: 0, steps: 0, params: { sparsity: 0.8 } },
    { id: "d", block: "distill.kd-logits", start: 0, steps: 60, teacher: "original" },
  ],
};

/** With a boundary on the way, so that there is something to go on from. */
export const twoParts = {
  ...small,
  name: "Two parts",
  clips: [
    { id: "p", block: "prune.magnitude", start: 0, steps: 60, params: { sparsity: 0.8, schedule: "agp" } },
    { id: "t", block: "train.fine-tune", start: 60, steps: 240 },
  ],
};

/** Goes on until it is stopped. */
export const endless = {
  ...small,
  name: "Endless",
  clips: [{ id: "t", block: "train.fine-tune", start: 0, steps: 100_000 }],
};

/** Filters go round by round, then more weights than the guard of that clip lets go. */
export const pruned = {
  ...small,
  name: "Pruned",
  clips: [
    {
      id: "f",
      block: "prune.filter-l1",
      start: 0,
      steps: 20,
      params: { sparsity: 0.4, schedule: "iterative", rounds: 2, endFraction: 1 },
    },
    { id: "w", block: "prune.magnitude", start: 20, steps: 0, params: { sparsity: 0.98, accuracyGuard: 0.02 } },
  ],
};
