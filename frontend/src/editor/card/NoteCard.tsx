/** A note on the canvas: Markdown for users, never run; its size and color are the user's choice. */
import { type NodeProps, NodeResizeControl, type ResizeParams } from '@xyflow/react'
import { memo } from 'react'
import { useDraft } from '../../ui/fields/useDraft'
import { lazily } from '../../ui/shell/lazily'
import { setField } from '../edits/commands'
import type { CardNode } from '../flow/flow'
import { useSession } from '../session'
import css from './NoteCard.module.css'
import { texts } from './texts'

// Few canvases hold notes, so what reads them is loaded with the first.
const Markdown = lazily(
  async () => (await import('../../ui/text/Markdown')).Markdown,
  ({ text }) => <p>{text}</p>,
)

const RESIZE = { minWidth: 120, minHeight: 56 }

export const NoteCard = memo(
  function NoteCard({ id, data, selected }: NodeProps<CardNode>) {
    const session = useSession()
    const text = typeof data.node.data.text === 'string' ? data.node.data.text : ''
    const color = typeof data.node.data.color === 'string' ? data.node.data.color : undefined
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
      <div
        className={css.note}
        data-selected={selected || undefined}
        style={color ? ({ '--color': color } as object) : undefined}
      >
        {selected && session.store.canEdit ? (
          <textarea
            aria-label={texts.note}
            placeholder={texts.writeANote}
            className="nodrag nowheel"
            value={draft.shown}
            onChange={event => draft.change(event.target.value)}
            onBlur={draft.settle}
          />
        ) : text.trim() ? (
          <Markdown text={text} />
        ) : (
          <p className={css.empty}>{texts.writeANote}</p>
        )}
        {selected && session.store.canEdit && (
          <NodeResizeControl
            position="bottom-right"
            className={css.grip ?? ''}
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
