/** The three charts of the studio, each drawn apart from the others. */
import { AccuracyChart } from "./AccuracyChart";
import { BytesByLayer } from "./BytesByLayer";
import { StepsChart } from "./StepsChart";

export function ChartGrid() {
  return (
    <>
      <AccuracyChart />
      <StepsChart />
      <BytesByLayer />
    </>
  );
}
