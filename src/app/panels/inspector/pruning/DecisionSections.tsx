/** What can be seen of a clip that prunes or quantizes: what it would do, what it did, and what a pruner needs besides. Loaded when it is shown. */
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

export function DecisionSections({ clip, meta }: Props) {
  const prunes = meta.roles.includes("prune");
  return (
    <>
      <WhatWouldGo clip={clip} prunes={prunes} />
      {prunes && "sparsity" in meta.params && <Sensitivity clip={clip} />}
      <WhatWent clipId={clip.id} prunes={prunes} />
      {prunes && <Figures clip={clip} meta={meta} />}
    </>
  );
}
