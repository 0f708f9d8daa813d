/** Bits of single layers, in place of the clip's: a table that is closed until somebody wants it. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BlockMeta } from "../../../../engine/blocks/block";
import type { Clip } from "../../../../engine/document/document";
import { paramWords } from "../../../edits/clip-names";
import { setLayerWidth } from "../../../edits/layer-edits";
import { useSay } from "../../../i18n/i18n";
import { useStudio } from "../../../stores/use-studio";
import { formatValue } from "../../../widgets/format-value";
import { NumberField } from "../../../widgets/NumberField";
import { useLayers } from "./use-layers";

const widths = ["wBits", "aBits"] as const;

interface Props {
  readonly clip: Clip;
  readonly meta: BlockMeta;
}

export function WidthsForm({ clip, meta }: Props) {
  const { t } = useTranslation("inspector");
  const said = Object.entries(clip.layers ?? {}).filter(([, { wBits, aBits }]) => (wBits ?? aBits) !== undefined);
  const [open, setOpen] = useState(false);
  return (
    <details className="inspector-widths" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="panel-title">{t("layerWidths", { count: said.length })}</summary>
      {open && <Widths clip={clip} meta={meta} said={said.map(([layer]) => layer)} />}
    </details>
  );
}

function Widths({ clip, meta, said }: Props & { readonly said: readonly string[] }) {
  const { t } = useTranslation("inspector");
  const say = useSay();
  const { edit } = useStudio().document.getState();
  const { weighted } = useLayers("original", true);
  const layers = [...weighted, ...said.filter((layer) => !weighted.includes(layer))];
  if (layers.length === 0) return <p className="small quiet">{t("layersUnknown")}</p>;
  return layers.map((layer) => (
    <fieldset key={layer} className="inspector-layer">
      <legend>{layer}</legend>
      {widths.map((width) => {
        const range = meta.byLayer?.[width];
        const own = meta.params[width];
        const words = paramWords(clip.block, width);
        if (!range) return null;
        const hint =
          own?.type === "number"
            ? { hint: t("layerWidthHint", { value: formatValue(Number(clip.params[width] ?? own.default), own, t) }) }
            : {};
        return (
          <NumberField
            key={width}
            label={words ? say(words.label) : t(width)}
            value={clip.layers?.[layer]?.[width]}
            number={range}
            blank={t("asClip")}
            {...hint}
            onChange={(next, gesture) => edit(setLayerWidth(clip.id, layer, width, next), gesture)}
          />
        );
      })}
    </fieldset>
  ));
}
