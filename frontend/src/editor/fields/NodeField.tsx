/** The control for a field of a node: those of every form, and those that need the open workflow. */
import { Field } from '../../ui/fields/Field'
import type { FieldProps } from '../../ui/fields/spec'
import { lazily } from '../../ui/shell/lazily'
import { AppField } from '../apps/AppField'
import { useConnected } from '../handles/sources'
import { useSession } from '../session'
import { CredentialField } from './CredentialField'
import { ModelField } from './ModelField'
import { colorsUsed, imageOf } from './swatches'

const MaskField = lazily(async () => (await import('./MaskField')).MaskField)

export function NodeField(props: FieldProps) {
  switch (props.spec.widget) {
    case 'credential':
      return <CredentialField {...props} />
    case 'app':
      return <AppField {...props} />
    case 'model':
      return <ModelField {...props} />
    case 'mask':
      return <MaskField {...props} />
    case 'color':
      return <Colored {...props} />
    case 'curve':
      return <OnImage {...props} />
    default:
      return <Field {...props} />
  }
}

/** A field that shows what it changes: the image that is connected to its node. */
function OnImage(props: FieldProps) {
  return <Field {...props} image={useConnected(props.node ?? '', IMAGE)} />
}
const IMAGE = ['image']

/** A color, with those of the workflow and of the node's image to choose from. */
function Colored(props: FieldProps) {
  const session = useSession()
  const { node } = props
  const image = () => (node ? imageOf(session, node) : null)
  return <Field {...props} colors={{ used: () => colorsUsed(session), image }} />
}
