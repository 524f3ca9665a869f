/** One declared input on a card: its label and control, or that an edge feeds it. */

import { memo, useMemo } from 'react'
import type { Json } from '../../api/document'
import type { Input } from '../../api/schema'
import { specOf } from '../../ui/fields/spec'
import { setField } from '../edits/commands'
import { NodeField } from '../fields/NodeField'
import { useRandom } from '../fields/random'
import { useSession } from '../session'
import css from './FieldRow.module.css'
import { texts } from './texts'

interface Props {
  id: string
  input: Input
  value: Json
  connected: boolean
  block: boolean
  label: boolean
}

export const FieldRow = memo(function FieldRow({
  id,
  input,
  value,
  connected,
  block,
  label,
}: Props) {
  const session = useSession()
  const spec = useMemo(() => specOf(input), [input])
  const random = useRandom(id, input)
  const control = connected ? (
    <span className={css.connected}>{texts.connected}</span>
  ) : (
    <NodeField
      spec={spec}
      node={id}
      value={value}
      compact
      disabled={!session.store.canEdit}
      onChange={next => setField(session, id, input.name, next)}
      {...random}
    />
  )
  return (
    <div
      className={block ? css.block : css.line}
      title={spec.help || spec.label}
      data-field={input.name}
    >
      {label && <span className={css.label}>{spec.label}</span>}
      <div
        className={`${css.control} nodrag`}
        data-widget={spec.dice ? 'dice' : spec.widget}
        data-connected={connected || undefined}
      >
        {control}
      </div>
    </div>
  )
})
