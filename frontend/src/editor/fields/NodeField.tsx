/** The control for a field of a node: those of every form, and those that need the open workflow. */
import { Field } from '../../ui/fields/Field'
import type { FieldProps } from '../../ui/fields/spec'
import { AppField } from '../apps/AppField'
import { CredentialField } from './CredentialField'
import { ModelField } from './ModelField'

export function NodeField(props: FieldProps) {
  switch (props.spec.widget) {
    case 'credential':
      return <CredentialField {...props} />
    case 'app':
      return <AppField {...props} />
    case 'model':
      return <ModelField {...props} />
    default:
      return <Field {...props} />
  }
}
