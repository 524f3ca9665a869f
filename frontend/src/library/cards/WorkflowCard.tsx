/** One workflow: its image, its name, how its last run went, and what can be done with it. */

import { Ellipsis } from 'lucide-react'
import { type KeyboardEvent, type MouseEvent, useCallback, useRef, useState } from 'react'
import type { WorkflowSummary } from '../../api/schema'
import { Menu } from '../../ui/controls/Menu'
import { everywhere } from '../filter/view'
import { dragSource } from '../folders/dragging'
import { path } from '../folders/folders'
import { useLibrary } from '../LibraryContext'
import { texts } from '../texts'
import { type CardAction, cardActions } from './actions'
import { CardCover } from './CardCover'
import { CardName } from './CardName'
import { CardState } from './CardState'
import { CardTags } from './CardTags'
import { CardUnread } from './CardUnread'
import { useCardContext } from './useCardContext'
import css from './WorkflowCard.module.css'

type Point = { x: number; y: number }

export function WorkflowCard({ row }: { row: WorkflowSummary }) {
  const [renaming, setRenaming] = useState(false)
  const [menu, setMenu] = useState<Point | null>(null)
  const more = useRef<HTMLButtonElement>(null)
  const context = useCardContext(row, setRenaming)
  const { view, folders, own, selected } = useLibrary()
  const chosen = selected.has(row.slug)
  const way = everywhere(view) ? path(folders, row.folderId) : []
  const actions = cardActions.filter(action => action.offered?.(row) ?? true)
  const closeMenu = useCallback(() => {
    setMenu(null)
    more.current?.focus()
  }, [])

  const keys = (event: KeyboardEvent) => {
    if (renaming || menu || event.target === more.current) return
    if (event.target instanceof HTMLInputElement) return
    const action = actions.find(({ key }) => key === event.key)
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    action.run(row, context)
  }
  const openAtPointer = (event: MouseEvent) => {
    if (renaming) return
    event.preventDefault()
    setMenu({ x: event.clientX, y: event.clientY })
  }
  const item = (action: CardAction) => {
    const Icon = action.icon
    return {
      id: action.id,
      label: action.label,
      shortcut: action.key === 'Delete' ? texts.deleteKey : action.key?.toUpperCase(),
      icon: <Icon aria-hidden size={16} />,
      danger: action.danger,
      separated: action.danger,
      run: () => action.run(row, context),
    }
  }

  return (
    <li
      className={css.card}
      data-selected={chosen || undefined}
      data-dim={row.hidden || undefined}
      onKeyDown={keys}
      onContextMenu={openAtPointer}
      {...dragSource(() => ({
        rows: chosen ? own.filter(({ slug }) => selected.has(slug)) : [row],
      }))}
      draggable={!renaming}
    >
      <CardCover row={row} className={css.image} />
      <input
        type="checkbox"
        className={css.check}
        checked={chosen}
        aria-label={texts.selectName(row.name)}
        onChange={context.select}
      />
      {(row.isTemplate || row.hidden) && (
        <span className={css.badge}>{row.hidden ? texts.hidden : texts.template}</span>
      )}
      {row.sharedBy && <span className={css.badge}>{texts.sharedBy(row.sharedBy)}</span>}
      {row.copiedFrom?.newer != null && (
        <a
          className={css.newer}
          href={`/workflows/${encodeURIComponent(row.slug)}/history?template`}
        >
          {texts.newerTemplate}
        </a>
      )}
      <CardUnread slug={row.slug} />
      <div className={css.body}>
        <CardName row={row} renaming={renaming} onDone={context.rename} />
        <button
          ref={more}
          type="button"
          className={css.more}
          aria-haspopup="menu"
          aria-expanded={menu !== null}
          aria-label={texts.actionsForName(row.name)}
          onClick={() => {
            const box = more.current?.getBoundingClientRect()
            if (box) setMenu({ x: box.right - 208, y: box.bottom + 4 })
          }}
        >
          <Ellipsis aria-hidden size={18} />
        </button>
        <CardState row={row} />
        {way.length > 0 && (
          <p className={css.place}>{texts.inFolder(way.map(folder => folder.name).join(' / '))}</p>
        )}
        <CardTags tags={row.tags} />
      </div>
      {menu && (
        <Menu
          at={menu}
          label={texts.actionsForName(row.name)}
          items={actions.map(item)}
          onClose={closeMenu}
        />
      )}
    </li>
  )
}
