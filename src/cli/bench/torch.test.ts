import { expect, it } from "vitest";
import { pythonWithTorch } from "./torch";

it("says how to get PyTorch where no Python has it", () => {
  // `false` ends with 1, as a Python without torch does; the other is no program.
  expect(() => pythonWithTorch(["false", "/no/such/python"])).toThrow(
    /tried false, \/no\/such\/python; 'apt-get install python3-torch'/,
  );
});
