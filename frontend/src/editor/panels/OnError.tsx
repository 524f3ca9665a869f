/** What happens when a node fails: the run stops, goes on, or a value replaces the result; and how often it is tried first. */

import type { NodeType } from '../../api/catalog'
import type { DocumentNode, Json, JsonObject, Operation } from '../../api/document'
import { isMediaType } from '../../api/media'
import type { Output } from '../../api/schema'
import { input, itemType } from '../../catalog/ports'
import { type FieldSpec, specOf } from '../../ui/fields/spec'
import { NodeField } from '../fields/NodeField'
import { useSession } from '../session'
import css from './Inspector.module.css'
import { texts } from './texts'

const POLICIES = ['stop', 'continue', 'fallback'] as const
type Policy = (typeof POLICIES)[number]
const MOST_RETRIES = 10

interface OnErrorData {
  policy: Policy
  retries: number
  outputs: JsonObject
}

/** The policy of a node as its document has it; what is not one means nothing. */
export function onErrorOf({ onError }: DocumentNode): OnErrorData {
  const found = typeof onError === 'object' && onError && !Array.isArray(onError) ? onError : {}
  const { policy, retries, outputs } = found as Record<string, Json>
  return {
    policy: POLICIES.find(known => known === policy) ?? 'stop',
    retries: typeof retries === 'number' ? retries : 0,
    outputs: typeof outputs === 'object' && outputs && !Array.isArray(outputs) ? outputs : {},
  }
}

export function OnError({ node, type }: { node: DocumentNode; type: NodeType }) {
  const session = useSession()
  const { store, catalog } = session
  const now = onErrorOf(node)
  const save = (change: Partial<OnErrorData>) => {
    const { policy, retries, outputs } = { ...now, ...change }
    const value: JsonObject = {
      policy,
      ...(retries > 0 && { retries }),
      ...(policy === 'fallback' && { outputs }),
    }
    const plain = policy === 'stop' && !retries
    const operation: Operation = { op: 'node.set', id: node.id, key: 'onError' }
    store.edit([plain ? operation : { ...operation, value }], { label: texts.onError.change })
  }
  const outputs = catalog.outputsOf(node)
  const disabled = !store.canEdit
  const field = (spec: FieldSpec, value: Json, change: (value: Json | undefined) => void) => {
    const id = `on-error-${node.id}-${spec.name}`
    return (
      <div className={css.field} key={spec.name}>
        {spec !== POLICY && <label htmlFor={id}>{spec.label}</label>}
        <NodeField id={id} spec={spec} value={value} disabled={disabled} onChange={change} />
      </div>
    )
  }
  return (
    <details className={css.onError} open={now.policy !== 'stop' || now.retries > 0}>
      <summary>{texts.onError.title}</summary>
      {field(POLICY, now.policy, value => save({ policy: value as Policy }))}
      {texts.onError.help[now.policy] && (
        <p className={css.help}>{texts.onError.help[now.policy]}</p>
      )}
      {now.policy === 'fallback' &&
        outputs
          .filter(output => output.name === (type.preview ?? outputs[0]?.name))
          .map(output =>
            field(valueSpec(output), now.outputs[output.name] ?? null, value =>
              save({ outputs: { ...now.outputs, [output.name]: value ?? null } }),
            ),
          )}
      {field(RETRIES, now.retries, value =>
        save({ retries: typeof value === 'number' ? value : 0 }),
      )}
    </details>
  )
}

const POLICY: FieldSpec = {
  ...specOf(input({ name: 'policy', type: 'text', widget: 'select', options: [...POLICIES] })),
  label: texts.onError.title,
  labels: texts.onError.policies,
}

const RETRIES: FieldSpec = {
  ...specOf(input({ name: 'retries', type: 'number', widget: 'number' })),
  label: texts.onError.retries,
  min: 0,
  max: MOST_RETRIES,
  step: 1,
  dice: false,
}

function valueSpec(output: Output): FieldSpec {
  const type = itemType(output.type)
  const widget = isMediaType(type) ? 'asset' : type === 'number' ? 'number' : 'textarea'
  return {
    ...specOf(input({ name: output.name, type, widget })),
    label: texts.onError.value(output.label || output.name),
  }
}
