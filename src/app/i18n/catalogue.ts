/** Every word of the page, by area, in both languages. An area is a file; a new one begins with a line here. */
import { bar } from "./catalogue/bar";
import { charts } from "./catalogue/charts";
import { common } from "./catalogue/common";
import { errors } from "./catalogue/errors";
import { files } from "./catalogue/files";
import { findings } from "./catalogue/findings";
import { inspector } from "./catalogue/inspector";
import { keeping } from "./catalogue/keeping";
import { network } from "./catalogue/network";
import { notices } from "./catalogue/notices";
import { palette } from "./catalogue/palette";
import { pruning } from "./catalogue/pruning";
import { runs } from "./catalogue/runs";
import { status } from "./catalogue/status";
import { timeline } from "./catalogue/timeline";

export const catalogue = {
  bar,
  charts,
  common,
  errors,
  files,
  findings,
  inspector,
  keeping,
  network,
  notices,
  palette,
  pruning,
  runs,
  status,
  timeline,
} as const;

export type Catalogue = typeof catalogue;
