/** The three charts of the studio, each drawn apart from the others and from the panel that they lie in. */
import { memo } from "react";
import { Later } from "../../charts/Later";
import { AccuracyChart } from "./AccuracyChart";
import { BytesByLayer } from "./BytesByLayer";
import { StepsChart } from "./StepsChart";
import { Waiting } from "./Waiting";

export const ChartGrid = memo(function ChartGrid() {
  return (
    <>
      <Later waiting={<Waiting chart="accuracy" />}>
        <AccuracyChart />
      </Later>
      <Later waiting={<Waiting chart="steps" />}>
        <StepsChart />
      </Later>
      <Later waiting={<Waiting chart="bytes" />}>
        <BytesByLayer />
      </Later>
    </>
  );
});
