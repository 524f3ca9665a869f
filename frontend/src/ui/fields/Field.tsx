/** The control for one field, by its widget; the same on a card, in the inspector and in a form. */
import { lazily } from '../shell/lazily'
import { AssetField } from './AssetField'
import { ColorField } from './ColorField'
import { JsonField } from './JsonField'
import { ListField } from './ListField'
import { NumberField } from './NumberField'
import { PillsField } from './PillsField'
import { RatioField } from './RatioField'
import { SelectField } from './SelectField'
import { SliderField } from './SliderField'
import type { FieldProps } from './spec'
import { TextAreaField, TextField } from './TextField'
import { ToggleField } from './ToggleField'

// Few nodes have one of these.
const CurveField = lazily(async () => (await import('./CurveField')).CurveField)
const GradientField = lazily(async () => (await import('./GradientField')).GradientField)

export function Field(props: FieldProps) {
  switch (props.spec.widget) {
    case 'textarea':
      return <TextAreaField {...props} />
    case 'number':
      return <NumberField {...props} />
    case 'slider':
      return <SliderField {...props} />
    case 'select':
      return <SelectField {...props} />
    case 'pills':
      return <PillsField {...props} />
    case 'ratio':
      return <RatioField {...props} />
    case 'toggle':
      return <ToggleField {...props} />
    case 'color':
      return <ColorField {...props} />
    case 'asset':
      return <AssetField {...props} />
    case 'json':
      return <JsonField {...props} />
    case 'curve':
      return <CurveField {...props} />
    case 'gradient':
      return <GradientField {...props} />
    case 'list':
      return <ListField {...props} />
    default:
      return <TextField {...props} />
  }
}
