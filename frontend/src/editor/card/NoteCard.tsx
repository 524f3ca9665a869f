/** A note on the canvas: text for users, never run; its size is the user's choice. */
import { type NodeProps, NodeResizeControl, type ResizeParams } from '@xyflow/react'
import { memo } from 'react'
import { useDraft } from '../../ui/fields/useDraft'
import { setField } from '../edits/commands'
import type { CardNode } from '../flow/flow'
import { useSession } from '../session'
import { texts } from '../texts'
import css from './NoteCard.module.css'

const RESIZE = { minWidth: 120, minHeight: 56 }

export const NoteCard = memo(
  function NoteCard({ id, data, selected }: NodeProps<CardNode>) {
    const session = useSession()
    const text = typeof data.node.data.text === 'string' ? data.node.data.text : ''
    const draft = useDraft(text, next => setField(session, id, 'text', next))
    const resized = (_: unknown, size: ResizeParams) =>
      session.store.edit(
        [
          { op: 'node.set', id, key: 'width', value: Math.round(size.width) },
          { op: 'node.set', id, key: 'height', value: Math.round(size.height) },
        ],
        { label: texts.resizeANote },
      )
    return (
      <div className={css.note} data-selected={selected || undefined}>
        <textarea
          aria-label={texts.note}
          placeholder={texts.writeANote}
          className={selected ? 'nodrag nowheel' : ''}
          readOnly={!session.store.canEdit}
          tabIndex={selected ? 0 : -1}
          value={draft.shown}
          onChange={event => draft.change(event.target.value)}
          onBlur={draft.settle}
        />
        {selected && session.store.canEdit && (
          <NodeResizeControl
            position="bottom-right"
            className={css.grip}
            minWidth={RESIZE.minWidth}
            minHeight={RESIZE.minHeight}
            onResizeEnd={resized}
          />
        )}
      </div>
    )
  },
  (a, b) => a.data === b.data && a.selected === b.selected,
)
