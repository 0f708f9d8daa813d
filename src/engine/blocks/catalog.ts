/** Every block the palette offers, in palette order. Metadata only: safe to import from the page. */
import { EngineError } from "../core/errors";
import type { BlockMeta } from "./block";
import { catalog } from "./catalog.generated";

export { catalog };

export type BlockId = (typeof catalog)[number]["id"];
export type MetaOf<Id extends BlockId> = Extract<(typeof catalog)[number], { id: Id }>;

const byId = new Map<string, BlockMeta>(catalog.map((meta) => [meta.id, meta]));

export const isBlockId = (id: string): id is BlockId => byId.has(id);

/** @throws EngineError `unknown-block` */
export function blockMeta(id: string, clipId?: string): BlockMeta {
  const meta = byId.get(id);
  if (!meta) {
    throw new EngineError("unknown-block", `expected a block among ${[...byId.keys()].join(", ")}, got '${id}'`, {
      clipId,
    });
  }
  return meta;
}
