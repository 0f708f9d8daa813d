/** What the document works on: network and data, as two menus. */
import { DataMenu } from "./DataMenu";
import { NetworkMenu } from "./NetworkMenu";
import "./files.css";

export function SourceMenus() {
  return (
    <>
      <NetworkMenu />
      <DataMenu />
    </>
  );
}
