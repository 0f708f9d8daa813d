/** Learning-rate schedules as factors of the peak rate over the progress of a training phase. */

export const learningRateSchedules = ["constant", "cosine", "linear", "step"] as const;
export type LearningRateSchedule = (typeof learningRateSchedules)[number];

/** What a schedule falls to, as a fraction of the peak. */
export const finalLearningRateFraction = 0.05;

/**
 * @param progress steps done / steps of the phase, in [0, 1)
 * @returns factor in [0.05, 1]. `cosine` (Loshchilov and Hutter 2017) and `linear` fall to 5 %; `step` is 1, then 0.1
 *   from half way, 0.05 from three quarters on
 */
export function learningRateFactor(schedule: LearningRateSchedule, progress: number): number {
  const p = Math.min(1, Math.max(0, progress));
  const floor = finalLearningRateFraction;
  switch (schedule) {
    case "constant":
      return 1;
    case "cosine":
      return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * p));
    case "linear":
      return 1 - (1 - floor) * p;
    case "step":
      return p < 0.5 ? 1 : p < 0.75 ? 0.1 : floor;
  }
}
