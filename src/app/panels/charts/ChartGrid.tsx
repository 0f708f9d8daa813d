/** The three charts of the studio, each drawn apart from the others. */
import { Later } from "../../charts/Later";
import { AccuracyChart } from "./AccuracyChart";
import { BytesByLayer } from "./BytesByLayer";
import { StepsChart } from "./StepsChart";

export function ChartGrid() {
  return (
    <>
      <Later>
        <AccuracyChart />
      </Later>
      <Later>
        <StepsChart />
      </Later>
      <Later>
        <BytesByLayer />
      </Later>
    </>
  );
}
