/** Which of the user's keys a node shows: in a workflow of their own the field, else their choice. */
import { useQuery } from '@tanstack/react-query'
import { slotList } from '../../api/account'
import { fieldValue } from '../../document/check'
import { KeySelect } from '../../ui/credentials/KeySelect'
import { originOf, WANTED } from '../../ui/credentials/options'
import { useBind } from '../../ui/credentials/useBind'
import type { FieldProps } from '../../ui/fields/spec'
import { partsOf } from '../../ui/providers/partsOf'
import { type Session, useSession } from '../session'

export function CredentialField(props: FieldProps) {
  const { store } = useSession()
  return store.canEdit ? <Own {...props} /> : <Bound {...props} />
}

function Own({ spec, value, onChange, disabled, id, node }: FieldProps) {
  const session = useSession()
  const { store } = session
  return (
    <KeySelect
      id={id}
      label={spec.label}
      value={value === null || value === undefined ? '' : String(value)}
      wanted={value === WANTED}
      provider={providerOf(session, spec.provider, node)}
      origin={originOf(node && store.node(node)?.data.url)}
      disabled={disabled}
      onChange={next => onChange(next || undefined)}
    />
  )
}

/** Whose key it is: named by the field, or by the model that the node has chosen. */
function providerOf({ store, catalog }: Session, provider = '', id = ''): string {
  const node = store.node(id)
  if (provider !== OF_MODEL || !node) return provider
  const model = catalog.inputsOf(node).find(input => input.widget === 'model')
  return model ? partsOf(String(fieldValue(node, model) ?? '')).provider : ''
}

/** What a field says whose provider is that of the node's model. */
const OF_MODEL = '{model}'

function Bound({ spec, id, node }: FieldProps) {
  const { slug } = useSession()
  const { data } = useQuery({ queryKey: ['slots', slug], queryFn: () => slotList(slug) })
  const bind = useBind(slug)
  const slot = data?.find(row => row.nodeId === node && row.field === spec.name && !row.app)
  return (
    <KeySelect
      id={id}
      label={spec.label}
      value={slot?.credential?.id ?? ''}
      wanted={slot?.wanted}
      origin={slot?.origin}
      disabled={!slot}
      onChange={next => slot && bind(slot, next)}
    />
  )
}
