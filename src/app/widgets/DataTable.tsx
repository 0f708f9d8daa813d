/** A table of figures that scrolls on its own where it is wider than its place, by keyboard too. */
import type { ReactNode } from "react";
import "./data-table.css";

interface Props {
  /** What it is, for a screen reader. */
  readonly label: string;
  /** Said after the label when the table itself is read. */
  readonly hint?: string;
  /** Of the panel: `<name>-scroll` around it, `<name>-table` on it. */
  readonly name: string;
  readonly children: ReactNode;
}

export const DataTable = ({ label, hint, name, children }: Props) => (
  <div className={`data-scroll ${name}-scroll`} role="region" aria-label={label} tabIndex={0}>
    <table className={`data-table ${name}-table`}>
      <caption className="unseen">{hint === undefined ? label : `${label} ${hint}`}</caption>
      {children}
    </table>
  </div>
);
