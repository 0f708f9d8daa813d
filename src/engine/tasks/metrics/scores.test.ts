import { expect, it } from "vitest";
import { formatMetric, merit } from "./catalogue";
import { figureOf, figuresOf, meritOf, primaryMetric, scoreOf, type Scores } from "./scores";

const classes: Scores = { accuracy: 0.9164, top5: 0.99, loss: 0.25 };
const other = { metric: "loss", metrics: { top5: 0.5 }, loss: 1.5 } as const;

it("classification's figures are fields of their own, other tasks name the main one", () => {
  expect([primaryMetric(classes), scoreOf(classes)]).toEqual(["accuracy", 0.9164]);
  expect([primaryMetric(other), scoreOf(other), figureOf(other, "top5")]).toEqual(["loss", 1.5, 0.5]);
  expect(figureOf(other, "accuracy")).toBeUndefined();
});

it("figures come with the main one first and the loss last", () => {
  expect(figuresOf(classes).map(([id]) => id)).toEqual(["accuracy", "top5", "loss"]);
  expect(figuresOf({ ...other, metric: "top5" }).map(([id]) => id)).toEqual(["top5", "loss"]);
});

it("what is better when it is lower is turned around", () => {
  expect([merit("accuracy", 0.5), merit("loss", 0.5), meritOf(other)]).toEqual([0.5, -0.5, -1.5]);
});

it("shares are written in percent, nats as they are", () => {
  expect([formatMetric("accuracy", 0.9164), formatMetric("loss", 0.25)]).toEqual(["91.64 %", "0.2500"]);
});
