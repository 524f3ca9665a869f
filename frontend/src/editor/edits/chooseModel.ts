/** Choosing a node's model: the model is set at once, its own fields as soon as they are known. */
import type { QueryClient } from '@tanstack/react-query'
import { modelFields } from '../../api/models'
import { ApiError, errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { partsOf } from '../../ui/providers/partsOf'
import type { Session } from '../session'
import { parkedOf, refit } from './refit'
import { texts } from './texts'

const FRESH_MS = 60 * 60_000
const SHOWN = new Set(['CREDENTIAL_MISSING', 'PROVIDER_NOT_FOUND'])

export async function chooseModel(
  session: Session,
  client: QueryClient,
  { node: id, field, task }: { node: string; field: string; task: string },
  model: string,
): Promise<void> {
  const { store, catalog } = session
  const edit = { label: texts.changeTheModel, group: `model ${id} ${model}` }
  const node = store.node(id)
  if (!node) return
  const hasFields = catalog.get(node.type)?.dynamic === 'model'
  const changed = node.data[field] !== model
  if (changed) {
    // The fields of another model are none of this one's.
    const operations = hasFields && node.data.inputs !== undefined ? refit(catalog, node, []) : []
    store.edit([{ op: 'field.set', id, field, value: model }, ...operations], edit)
  }
  if (!hasFields || partsOf(model).provider === 'local') return
  try {
    const { inputs } = await client.fetchQuery({
      queryKey: ['model fields', task, model],
      queryFn: () => modelFields(task, model),
      staleTime: changed ? FRESH_MS : 0,
    })
    const now = store.node(id)
    if (!now || now.data[field] !== model) return
    if (inputs.length || now.data.inputs !== undefined)
      store.edit(refit(catalog, now, inputs), edit)
    const left = Object.keys(parkedOf(store.node(id) ?? now)).length
    if (changed && left) toast(texts.valuesAreParked(left))
  } catch (error) {
    // Who has no key yet sees that on the card.
    if (error instanceof ApiError && SHOWN.has(error.code)) return
    toast(texts.fieldsNotKnown(errorMessage(error)), { tone: 'bad' })
  }
}
