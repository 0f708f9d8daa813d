/** Keeps the failure of one panel from taking the page with it. */
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import "./error-boundary.css";

interface Props {
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return <Failure message={error.message} onRetry={() => this.setState({ error: null })} />;
  }
}

function Failure({ message, onRetry }: { readonly message: string; readonly onRetry: () => void }) {
  const { t } = useTranslation("common");
  return (
    <div className="panel-failure" role="alert">
      <p>{t("panelFailed")}</p>
      <p className="small quiet">{t("panelSafe")}</p>
      <pre className="small">{message}</pre>
      <button type="button" className="button" onClick={onRetry}>
        {t("panelRetry")}
      </button>
    </div>
  );
}
