/** What can be seen of a pruning clip: what would go, what each layer can do without, what went, and figures. Loaded when it is shown. */
import type { BlockMeta } from "../../../../engine/blocks/block";
import type { Clip } from "../../../../engine/document/document";
import { Figures } from "./Figures";
import { Sensitivity } from "./Sensitivity";
import { WhatWent } from "./WhatWent";
import { WhatWouldGo } from "./WhatWouldGo";
import "./pruning.css";

interface Props {
  readonly clip: Clip;
  readonly meta: BlockMeta;
}

export function PruneSections({ clip, meta }: Props) {
  return (
    <>
      <WhatWouldGo clip={clip} />
      {"sparsity" in meta.params && <Sensitivity clip={clip} />}
      <WhatWent clipId={clip.id} />
      <Figures clip={clip} meta={meta} />
    </>
  );
}
