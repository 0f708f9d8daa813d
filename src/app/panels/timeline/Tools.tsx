/** Buttons of the timeline: zoom, and for the selected clip what its keys do. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type ClipAction, clipActions, duplicate, earlier, later, remove } from "../../actions/clip-actions";
import { gridOf } from "../../drag/snap";
import { neighbourInstant } from "../../edits/instant-order";
import { useDocument, useStudio } from "../../stores/use-studio";
import { Menu } from "../../widgets/Menu";
import type { Scale } from "./use-scale";

const zoomFactor = 1.5;

export function Tools({ scale }: { readonly scale: Scale }) {
  const { t } = useTranslation("timeline");
  // Both are needed only where two instants share a step.
  const ordered = useDocument(
    ({ document, selected }) =>
      selected !== null && ([-1, 1] as const).some((by) => neighbourInstant(document, selected, by) !== undefined),
  );
  return (
    <div className="timeline-tools" role="group" aria-label={t("tools")}>
      {ordered && <ClipButton action={earlier} icon="↑" scale={scale} />}
      {ordered && <ClipButton action={later} icon="↓" scale={scale} />}
      <ClipButton action={duplicate} icon={<Copies />} scale={scale} />
      <ClipButton action={remove} icon="✕" scale={scale} />
      <span className="timeline-tools-gap" />
      <ZoomButton label={t("zoomOut")} icon="−" onClick={() => scale.zoom(1 / zoomFactor)} />
      <ZoomButton label={t("zoomFit")} icon="↔" onClick={scale.fit} disabled={scale.fits} />
      <ZoomButton label={t("zoomIn")} icon="+" onClick={() => scale.zoom(zoomFactor)} />
      <Keys />
    </div>
  );
}

const keyText = (key: string): string =>
  key
    .replace("Mod", "Ctrl")
    .replace("ArrowLeft", "←")
    .replace("ArrowRight", "→")
    .replace("ArrowUp", "↑")
    .replace("ArrowDown", "↓");

interface ClipButtonProps {
  readonly action: ClipAction;
  readonly icon: ReactNode;
  readonly scale: Scale;
}

function ClipButton({ action, icon, scale }: ClipButtonProps) {
  const studio = useStudio();
  const { t } = useTranslation("timeline");
  const selected = useDocument((state) => state.selected);
  // What can be done changes with the document too.
  const enabled = useDocument(() => selected !== null && action.enabled(studio, selected));
  const label = t(action.label);
  return (
    <button
      type="button"
      className="button"
      aria-label={label}
      title={`${label} (${action.keys.map(keyText).join(", ")})`}
      // Not `disabled`: a button that was just pressed keeps the focus.
      aria-disabled={!enabled}
      onClick={() => selected !== null && enabled && action.perform(studio, selected, gridOf(scale.scale))}
    >
      <span aria-hidden="true">{icon}</span>
    </button>
  );
}

/** Two sheets, one behind the other. */
const Copies = () => (
  <svg className="timeline-icon" viewBox="0 0 16 16" width="14" height="14">
    <rect x="1.75" y="1.75" width="8.5" height="8.5" rx="1.5" />
    <path d="M5.75 12.5v.25a1.5 1.5 0 0 0 1.5 1.5h5.5a1.5 1.5 0 0 0 1.5-1.5v-5.5a1.5 1.5 0 0 0-1.5-1.5h-.25" />
  </svg>
);

interface ZoomButtonProps {
  readonly label: string;
  readonly icon: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
}

const ZoomButton = ({ label, icon, onClick, disabled = false }: ZoomButtonProps) => (
  <button type="button" className="button" aria-label={label} title={label} aria-disabled={disabled} onClick={onClick}>
    <span aria-hidden="true">{icon}</span>
  </button>
);

/** The keys of each label once, in the order of the acts. */
function Keys() {
  const { t } = useTranslation("timeline");
  const labels = [...new Set(clipActions.map(({ label }) => label))];
  const keysOf = (wanted: ClipAction["label"]): string =>
    clipActions
      .filter(({ label }) => label === wanted)
      .flatMap(({ keys }) => keys.map(keyText))
      .join("  ");
  const rows: [string, string][] = [
    [t("keyNext"), "↑  ↓"],
    ...labels.map((label): [string, string] => [t(label), keysOf(label)]),
    [t("keyOpen"), "Enter"],
    [t("keyLift"), "Space"],
    [t("keyFree"), "Alt"],
  ];
  return (
    <span className="timeline-keys">
      <Menu name={t("keys")} label="?" side="right" className="timeline-keys-body">
        <p className="panel-title">{t("keys")}</p>
        <p className="small quiet">{t("keysHint")}</p>
        <dl className="small">
          {rows.map(([label, keys]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <kbd>{keys}</kbd>
              </dd>
            </div>
          ))}
        </dl>
      </Menu>
    </span>
  );
}
