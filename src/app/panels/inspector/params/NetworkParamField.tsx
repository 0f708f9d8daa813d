/** A parameter that names a network. */
import type { NetworkParam } from "../../../../engine/blocks/params";
import type { Clip } from "../../../../engine/document/document";
import { ChoiceField } from "../../../widgets/ChoiceField";
import type { FieldProps } from "../../../widgets/field";
import { useNetworkOptions } from "../network-options";

interface Props extends FieldProps {
  readonly clip: Clip;
  readonly param: NetworkParam;
  readonly value: string;
  onChange(value: string): void;
}

export function NetworkParamField({ clip, param, ...field }: Props) {
  const { options, groups } = useNetworkOptions(clip, param.origins);
  return <ChoiceField {...field} options={options} groups={groups} />;
}
