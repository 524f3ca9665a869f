/** A frame: a ground with a title for the nodes in it; collapsed, a card with what crosses its edge. */
import { type NodeProps, NodeResizeControl, type ResizeParams } from '@xyflow/react'
import { ChevronDown, ChevronRight, Play } from 'lucide-react'
import { memo } from 'react'
import { useStore } from 'zustand'
import { ownTitle } from '../../catalog/title'
import { isCollapsed } from '../../document/frames'
import { setField } from '../edits/commands'
import { collapse, runFrame } from '../edits/frames'
import type { CardNode } from '../flow/flow'
import { Port } from '../ports/Port'
import { useSession } from '../session'
import { texts as editorTexts } from '../texts'
import css from './FrameCard.module.css'
import { TitleInput } from './TitleInput'
import { texts } from './texts'

export const FrameCard = memo(
  function FrameCard({ id, data, selected }: NodeProps<CardNode>) {
    const session = useSession()
    const { store, view } = session
    const renaming = useStore(view, state => state.renaming === id)
    const { node, layout } = data
    const folded = isCollapsed(node)
    const title = ownTitle(node) || editorTexts.frame
    const color = typeof node.data.color === 'string' ? node.data.color : undefined
    const resized = (_: unknown, { x, y, width, height }: ResizeParams) =>
      store.edit(
        [
          { op: 'node.set', id, key: 'position', value: { x: Math.round(x), y: Math.round(y) } },
          { op: 'node.set', id, key: 'width', value: Math.round(width) },
          { op: 'node.set', id, key: 'height', value: Math.round(height) },
        ],
        { label: texts.resizeAFrame },
      )
    return (
      <>
        <section
          className={css.frame}
          data-selected={selected || undefined}
          data-folded={folded || undefined}
          style={color ? ({ '--color': color } as object) : undefined}
          aria-label={title}
        >
          {/* biome-ignore lint/a11y/noStaticElementInteractions: F2 and the menu do the same */}
          <header onDoubleClick={() => store.canEdit && view.setState({ renaming: id })}>
            <button
              type="button"
              className="nodrag"
              disabled={!store.canEdit}
              aria-expanded={!folded}
              aria-label={folded ? texts.expandTitle(title) : texts.collapseTitle(title)}
              onClick={() => collapse(session, [id])}
            >
              {folded ? <ChevronRight size={14} /> : <ChevronDown size={14} />}
            </button>
            {renaming ? (
              <TitleInput
                title={title}
                onDone={text => {
                  view.setState({ renaming: null })
                  const label = text.trim()
                  if (label !== title) setField(session, id, 'label', label || undefined)
                }}
              />
            ) : (
              <span className={css.title}>{title}</span>
            )}
            {store.canEdit && (
              <button
                type="button"
                className={`${css.run} nodrag`}
                title={texts.runThisFrame}
                aria-label={texts.runTitle(title)}
                onClick={() => runFrame(session, id)}
              >
                <Play size={12} fill="currentColor" />
              </button>
            )}
          </header>
          {!folded && selected && store.canEdit && (
            <NodeResizeControl
              position="bottom-right"
              className={css.grip ?? ''}
              minWidth={160}
              minHeight={96}
              onResizeEnd={resized}
            />
          )}
        </section>
        {layout.ports.map(port => (
          <Port key={port.id} port={port} node={id} empty={false} />
        ))}
      </>
    )
  },
  (a, b) => a.data === b.data && a.selected === b.selected,
)
