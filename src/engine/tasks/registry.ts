/** Every task; a missing or surplus one does not compile. */
import { classification } from "./classification";
import { segmentation } from "./segmentation";
import type { TaskId } from "./metrics/task-ids";
import type { Task } from "./task";

export const tasks: { readonly [Id in TaskId]: Task & { readonly id: Id } } = { classification, segmentation };
