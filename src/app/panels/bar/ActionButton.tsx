/** A button that does an act of the person: its words, its key and whether it can be done come from the act. */
import { useTranslation } from "react-i18next";
import type { Action } from "../../actions/action";
import { Icon, type IconName } from "../../widgets/Icon";
import { useStudio } from "../../stores/use-studio";

interface Props {
  readonly action: Action;
  readonly icon?: IconName;
  /** In the place of the act's own words. */
  readonly text?: string;
  readonly primary?: boolean;
  /** Whether the words are seen beside the icon. */
  readonly wide?: boolean;
}

const keyText = (keys: string) => keys.replace("Mod", "Ctrl").replace("Arrow", "");

export function ActionButton({ action, icon, text, primary = false, wide = false }: Props) {
  const studio = useStudio();
  const { t } = useTranslation("bar");
  const label = text ?? t(action.label);
  const key = action.keys[0];
  const enabled = action.enabled(studio);
  return (
    <button
      type="button"
      data-action={action.id}
      className={primary ? "button primary" : "button"}
      aria-label={label}
      title={key ? `${label} (${keyText(key)})` : label}
      // Not `disabled`: a button that was just pressed keeps the focus.
      aria-disabled={!enabled}
      onClick={() => action.enabled(studio) && action.perform(studio)}
    >
      {icon && <Icon name={icon} />}
      {(wide || !icon) && <span>{label}</span>}
    </button>
  );
}
